/** What goes wrong in a run, in its two forms: the ChatKit frame as recorded, and the run's end with the honest cause. */
import { ChatKitError, CustomStreamError, type ErrorEvent, StreamError } from '@millrace/protocol'
import type { RunEnd } from './log/run-log.ts'

const GENERIC = 'The answer failed. Try again; if it keeps failing, look at the server log.'

/** The frame that a client of the Python server would get for an exception of a handler. */
export function errorFrame(error: unknown): ErrorEvent {
  if (error instanceof CustomStreamError) {
    return { type: 'error', code: 'custom', message: error.message, allow_retry: error.allowRetry }
  }
  const allowRetry = error instanceof StreamError ? error.allowRetry : true
  return { type: 'error', code: 'stream.error', allow_retry: allowRetry }
}

/** The end of a run whose handler threw. Texts of unknown exceptions never leave the server. */
export function failedEnd(error: unknown): RunEnd {
  if (error instanceof CustomStreamError) {
    return { outcome: 'failed', error: { code: 'server_error', message: error.message, recoverable: error.allowRetry } }
  }
  const cause = causeOf(error)
  if (cause) {
    return { outcome: 'failed', error: { code: cause.code, message: cause.message, recoverable: cause.retryable } }
  }
  const recoverable = error instanceof StreamError ? error.allowRetry : true
  return { outcome: 'failed', error: { code: 'server_error', message: GENERIC, recoverable } }
}

/** A handler's `not_found` is its own affair, not the client's: only causes that name the run's failure count. */
function causeOf(error: unknown): ChatKitError | undefined {
  for (let depth = 0, at = error; depth < 4 && at instanceof Error; depth += 1, at = at.cause) {
    if (at instanceof ChatKitError && at.code !== 'not_found' && at.code !== 'invalid_request') return at
  }
  return undefined
}
