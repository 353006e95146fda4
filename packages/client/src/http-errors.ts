/** What an HTTP failure means. An error with status 0 is one without any answer: nobody knows how far the request came. */
import { ChatKitError, type ChatKitErrorCode, isChatKitErrorCode } from '@millrace/protocol'

/** Runs a fetch; a rejection becomes the signal's reason or a clear error. */
export async function notReached<T>(signal: AbortSignal | undefined, fetching: () => Promise<T>): Promise<T> {
  try {
    return await fetching()
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    if (cause instanceof ChatKitError) throw cause
    const message = 'The server could not be reached. Check the connection and try again.'
    throw new ChatKitError('unavailable', message, { status: 0, cause })
  }
}

/** The connection ended before the answer did. */
export function brokenOff(cause?: unknown): ChatKitError {
  const message = 'The connection was lost before the answer was complete. Try again.'
  return new ChatKitError('unavailable', message, { status: 0, cause })
}

/** An answer that is no ChatKit. */
export function unexpected(response: Response): ChatKitError {
  const type = response.headers.get('content-type') ?? 'no type'
  const message = `The server's answer is not what ChatKit sends (HTTP ${response.status}, ${type}). Check the address of the API.`
  return new ChatKitError('server_error', message, { status: response.status })
}

/** The error that a 4xx or 5xx answer stands for; `details` is the JSON body of a server that knows our codes. */
export async function refusal(response: Response): Promise<ChatKitError> {
  const { status } = response
  const body = parseJson(await response.text().catch(() => ''))
  const retryAfterMs = retryAfter(response.headers.get('retry-after'))
  const options = { status, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  if (!isObject(body)) return new ChatKitError(codeOf(status), refused(response), options)
  const { code, error, param } = body
  // FastAPI says `detail`, OpenAI's API says `error.message`
  const said = [error, body.message, body.detail, isObject(error) && error.message]
  const message = said.find((text) => typeof text === 'string') ?? refused(response)
  if (!isChatKitErrorCode(code)) return new ChatKitError(codeOf(status), String(message), options)
  const details = { details: body, ...(typeof param === 'string' && { param }) }
  return new ChatKitError(code, String(message), { ...options, ...details })
}

function refused(response: Response): string {
  const type = /html/.test(response.headers.get('content-type') ?? '') ? ', with a web page' : ''
  const { status } = response
  return status < 500
    ? `The server refused the request (HTTP ${status}${type}).`
    : `The server failed (HTTP ${status}${type}). Try again.`
}

function codeOf(status: number): ChatKitErrorCode {
  if (status >= 502 && status <= 504) return 'unavailable'
  if (status >= 500) return status === 501 ? 'not_implemented' : 'server_error'
  return CODES[status] ?? 'invalid_request'
}

const CODES: Readonly<Record<number, ChatKitErrorCode>> = {
  401: 'auth_error',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
}

/** Seconds or a date, as HTTP has it; in milliseconds from now. */
export function retryAfter(value: string | null): number | undefined {
  if (!value) return undefined
  const seconds = Number.parseFloat(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** The value of a JSON text; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
