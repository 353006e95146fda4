/** Errors before a stream starts: an HTTP status and one JSON shape. */
import { ChatKitError, toWireError } from '@millrace/protocol'

/** Seconds that a client should wait where the error does not say. */
const DEFAULT_RETRY_AFTER_S = 1

/** What is no `ChatKitError` is a 500 that tells nothing; whoever calls has logged it. */
export function errorResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const known =
    error instanceof ChatKitError
      ? error
      : new ChatKitError('server_error', 'The server failed. Try again; if it keeps failing, look at its log.')
  return Response.json(toWireError(known), { status: known.status, headers: { ...retryAfter(known), ...headers } })
}

/** 405 on a path that is known, with the methods it takes. */
export function methodNotAllowed(method: string, allow: string): Response {
  const error = new ChatKitError('invalid_request', `${method} is not answered here. Use ${allow}.`, { status: 405 })
  return errorResponse(error, { allow })
}

function retryAfter(error: ChatKitError): Record<string, string> {
  if (error.code !== 'rate_limited' && error.code !== 'unavailable') return {}
  const seconds = error.retryAfterMs === undefined ? DEFAULT_RETRY_AFTER_S : Math.ceil(error.retryAfterMs / 1000)
  return { 'retry-after': String(seconds) }
}
