/** What can go wrong with a stream, in one shape for people and code. */
import { isObject, parseJson } from '../http-errors.ts'
import type { StreamError, StreamErrorType } from './types.ts'

interface FailureDetails {
  param?: string | null
  recoverable?: boolean
  status?: number | undefined
  runningMessageId?: string | undefined
  /** What the server asked to wait before the next try. */
  retryAfterMs?: number | undefined
  /** The run has ended with it: reading again would show the same. */
  isEnd?: boolean
  cause?: unknown
}

/** The one error of the stream side. `recoverable` by default: most of what fails here is a connection. */
export class StreamFailure extends Error implements StreamError {
  override readonly name = 'StreamError'
  readonly type: StreamErrorType
  readonly code: string
  readonly param: string | null
  readonly recoverable: boolean
  declare readonly status?: number
  declare readonly runningMessageId?: string
  readonly retryAfterMs: number | undefined
  readonly isEnd: boolean

  constructor(type: StreamErrorType, code: string, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.type = type
    this.code = code
    this.param = details.param ?? null
    this.recoverable = details.recoverable ?? true
    if (details.status) this.status = details.status
    if (details.runningMessageId) this.runningMessageId = details.runningMessageId
    this.retryAfterMs = details.retryAfterMs
    this.isEnd = details.isEnd ?? false
  }
}

/**
 * Whatever was thrown, as an error that says what happened and whether trying again may help: errors of this client,
 * failed fetches, aborts, the server's error objects. What is not known becomes `unknown`, with the original as its `cause`.
 */
export function toStreamError(thrown: unknown): StreamError {
  return toFailure(thrown)
}

export function toFailure(thrown: unknown): StreamFailure {
  const name = thrown instanceof Error ? thrown.name : ''
  if (thrown instanceof StreamFailure) return thrown
  if (name === 'AbortError') return aborted()
  if (name === 'TimeoutError') return timedOut('timeout_total')
  if (name === 'SyntaxError') return unreadable(thrown)
  // the words of Chromium, Node, Firefox and Safari; other type errors are somebody's mistake
  if (name === 'TypeError' && /fetch|network|load failed|terminated/i.test(String(thrown))) {
    return connectionLost(thrown)
  }
  if (isObject(thrown) && typeof thrown.code === 'string' && (!name || name === 'ChatKitError')) {
    const { status, retryable } = thrown
    if (status === 0) return connectionLost(thrown)
    return told(
      { recoverable: retryable, ...thrown, message: thrown.message },
      typeof status === 'number' ? { status } : {},
    )
  }
  const message = 'Something unexpected happened. Try again.'
  return new StreamFailure('unknown', 'unknown', message, { cause: thrown })
}

/** What an error object says: of an event, of a poll, or (with `status`) of a refused request. */
export function told(wire: Record<string, unknown>, details: FailureDetails = {}): StreamFailure {
  const { status = 0 } = details
  const code = textOf(wire.code) ?? 'server_error'
  // a whole answer tells the failure of its run by a status, and whether that may be repeated
  const isEnd = details.isEnd ?? (status > 0 && wire.recoverable !== undefined)
  const message = textOf(wire.error) ?? textOf(wire.message) ?? 'The answer failed. Try again.'
  const isBusy = code === 'run_in_progress'
  return new StreamFailure(status > 0 && !isEnd ? 'http' : typeOf(code), code, message, {
    param: textOf(wire.param) ?? null,
    recoverable: isBusy || (typeof wire.recoverable === 'boolean' ? wire.recoverable : mayPass(status)),
    runningMessageId: isBusy ? textOf(wire.message_id) : undefined,
    ...details,
    isEnd,
  })
}

/** The error that a 4xx or 5xx answer stands for, also where it is not our server's. */
export async function refusalOf(response: Response): Promise<StreamFailure> {
  const { status, headers } = response
  const body = parseJson(await response.text().catch(() => ''))
  const wire = isObject(body) && typeof body.code === 'string' ? body : refused(status)
  return told(wire, { status, retryAfterMs: waitOf(headers.get('retry-after')) })
}

function refused(status: number): Record<string, unknown> {
  const code = { 401: 'auth_error', 403: 'forbidden', 404: 'not_found', 429: 'rate_limited' }[status]
  return status < 500
    ? { code: code ?? 'invalid_request', error: `The server refused the request (HTTP ${status}).` }
    : { code: status > 501 ? 'unavailable' : 'server_error', error: `The server failed (HTTP ${status}). Try again.` }
}

/** Seconds or a date, as HTTP has it; in milliseconds from now. */
function waitOf(value: string | null): number | undefined {
  if (!value) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

/** Whether a refusal of this status is a matter of time; without one it is the failure of a connection or a run. */
function mayPass(status: number): boolean {
  return status === 0 || status === 429 || (status >= 500 && status !== 501)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function typeOf(code: string): StreamErrorType {
  if (code.startsWith('timeout')) return 'timeout'
  return /^(model|output|interrupted)/.test(code) ? 'model' : 'http'
}

export function connectionLost(cause?: unknown): StreamFailure {
  const message = 'The connection was lost before the answer was complete. Try again.'
  return new StreamFailure('network', 'connection_lost', message, { cause })
}

/** In the middle of a stream came what is no event. */
export function unreadable(cause?: unknown): StreamFailure {
  const message = 'The answer arrived damaged. Try again.'
  return new StreamFailure('parse', 'unreadable', message, { cause })
}

/** A web page, or JSON of someone else: something between here and the server answers in its place. */
export function notOurs(status: number, contentType: string | null): StreamFailure {
  const message = `The answer is no stream of tokens (HTTP ${status}, ${contentType ?? 'no type'}). Check the address of the API.`
  return new StreamFailure('parse', 'unexpected_answer', message, { status })
}

export function aborted(): StreamFailure {
  return new StreamFailure('aborted', 'aborted', 'The answer was left.')
}

export function timedOut(code: 'timeout_first_token' | 'timeout_between_tokens' | 'timeout_total'): StreamFailure {
  const message = `The server has ${code === 'timeout_total' ? 'taken' : 'been silent for'} too long. Try again.`
  return new StreamFailure('timeout', code, message)
}
