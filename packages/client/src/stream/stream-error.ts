/** What can go wrong with a stream, in one shape for people and code. */
import { isObject } from '../http-errors.ts'
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
  declare readonly type: StreamErrorType
  declare readonly code: string
  declare readonly param: string | null
  declare readonly recoverable: boolean
  declare readonly status?: number
  declare readonly runningMessageId?: string
  declare readonly retryAfterMs?: number
  declare readonly isEnd: boolean

  constructor(type: StreamErrorType, code: string, message: string, { cause, ...details }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    Object.assign(this, { type, code, param: null, recoverable: true, isEnd: false }, details)
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
