/** Why a response failed, as the state shows it and as an error. */
import { ChatKitError, type ErrorEvent, isChatKitErrorCode, type RunEndedEvent } from '@millrace/protocol'
import type { ResponseError } from './conversation-state.ts'

/**
 * What the events of a response say of its failure. The app's own text (a frame with a message) is shown as it is; else
 * the run's end names the cause, and the bare frame is what a server without runs sends.
 */
export function toldError(failure: ErrorEvent | undefined, ended: RunEndedEvent | undefined): ResponseError | null {
  if (ended?.outcome === 'stopped') return null
  const isFailed = ended?.outcome === 'failed' || ended?.outcome === 'interrupted'
  if (isFailed && !failure?.message) {
    const { code, message, recoverable } = ended.error ?? {}
    return { code: code ?? ended.outcome, ...(message && { message }), allowRetry: recoverable ?? true }
  }
  if (!failure) return null
  const { code = 'custom', message, allow_retry = false } = failure
  return { code, ...(message && { message }), allowRetry: allow_retry }
}

/** What was thrown, as an error that says what happened. */
export function toChatKitError(thrown: unknown): ChatKitError {
  if (thrown instanceof ChatKitError) return thrown
  return new ChatKitError('server_error', 'The server sent something that can not be shown.', { cause: thrown })
}

/** An error to tell the page, of one that the events told. */
export function toError({ code, message }: ResponseError): ChatKitError {
  const text = message ?? "There was an error while generating the assistant's response."
  return new ChatKitError(isChatKitErrorCode(code) ? code : 'server_error', text)
}

export function busy(): ChatKitError {
  return new ChatKitError('run_in_progress', 'An answer is being written. Wait for its end or stop it first.')
}

export function notSent(): ChatKitError {
  return new ChatKitError('interrupted', 'The message was not sent. Send it again.')
}
