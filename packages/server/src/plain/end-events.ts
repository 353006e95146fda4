/** How a run's end looks to a plain client, in every view. */
import { ChatKitError, isChatKitErrorCode } from '@millrace/protocol'
import type { RunEnd, RunError } from '../log/run-log.ts'

export const COMPLETE = '{"type":"complete"}'
export const CANCELLED = '{"type":"cancelled"}'

const UNEXPLAINED: RunError = {
  code: 'server_error',
  message: 'The answer failed. Try again; if it keeps failing, look at the server log.',
  recoverable: true,
}

/** The cause of an end that was neither completed nor stopped. */
export function causeOf(end: RunEnd): RunError | undefined {
  return end.outcome === 'completed' || end.outcome === 'stopped' ? undefined : (end.error ?? UNEXPLAINED)
}

/** The data of the error event that ends a stream. */
export function errorData({ message, code, recoverable }: RunError): string {
  return JSON.stringify({ type: 'error', error: message, code, param: null, recoverable })
}

/** The cause of an end as an error before the stream: its status is that of its code. */
export function errorOf({ message, code, recoverable }: RunError, details: Record<string, unknown>): ChatKitError {
  const known = isChatKitErrorCode(code) ? code : 'server_error'
  return new ChatKitError(known, message, { retryable: recoverable, details: { ...details, recoverable } })
}

/** What a reader is told when the log fails while it reads: the run may be well, and is resumed by its id. */
export function readingFailed(error: unknown): RunError {
  const message = 'The answer could not be read on. Resume it in a moment.'
  const code = error instanceof ChatKitError ? error.code : 'server_error'
  return { code, message, recoverable: error instanceof ChatKitError ? error.retryable : true }
}
