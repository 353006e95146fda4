/** What can go wrong, as one closed list of codes: the error table of the streaming contract. */

const CAUSES = {
  invalid_request: { status: 400, retryable: false },
  auth_error: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  thread_locked: { status: 403, retryable: false },
  thread_closed: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  expired: { status: 404, retryable: false },
  run_in_progress: { status: 409, retryable: false },
  message_id_conflict: { status: 409, retryable: false },
  rate_limited: { status: 429, retryable: true },
  server_error: { status: 500, retryable: true },
  not_implemented: { status: 501, retryable: false },
  not_configured: { status: 501, retryable: false },
  unavailable: { status: 503, retryable: true },
  model_error: { status: 502, retryable: true },
  model_auth: { status: 502, retryable: false },
  model_rate_limited: { status: 503, retryable: true },
  output_too_long: { status: 500, retryable: false },
  timeout_first_token: { status: 504, retryable: true },
  timeout_between_tokens: { status: 504, retryable: true },
  timeout_total: { status: 504, retryable: true },
  interrupted: { status: 503, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type ChatKitErrorCode = keyof typeof CAUSES

export interface ChatKitErrorOptions {
  /** The field that is wrong, as a path: `params.input.content.0.text`. */
  param?: string
  /** How long to wait before the next try, in milliseconds. */
  retryAfterMs?: number
  /** What the client may need to go on, as `run_id` and `message_id` of the run that is in the way. */
  details?: Readonly<Record<string, unknown>>
  /** The HTTP status, where it isn't the code's own: an `invalid_request` may be 405 or 413 as well. */
  status?: number
  /** Where the code's own word doesn't hold: a model that doesn't exist stays a `model_error` however often one asks. */
  retryable?: boolean
  /** The original error; never shown to a client. */
  cause?: unknown
}

/**
 * The one error of this project. Switch on `code`, never on the message; `status` (HTTP) and `retryable` follow from it.
 * The message is read by people: it says what happened and what to do, and holds nothing internal.
 */
export class ChatKitError extends Error {
  override readonly name = 'ChatKitError'
  readonly code: ChatKitErrorCode
  readonly status: number
  /** Whether the same request may succeed later; `recoverable` on the wire. */
  readonly retryable: boolean
  readonly param: string | undefined
  readonly retryAfterMs: number | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ChatKitErrorCode, message: string, options: ChatKitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? CAUSES[code].status
    this.retryable = options.retryable ?? CAUSES[code].retryable
    this.param = options.param
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details ?? {}
  }
}

/** Whether a text, from a log or a body, is one of our codes. */
export function isChatKitErrorCode(code: unknown): code is ChatKitErrorCode {
  return typeof code === 'string' && Object.hasOwn(CAUSES, code)
}

/** Whether the same request may succeed later, for a cause that is known by its code alone. */
export function isRetryable(code: ChatKitErrorCode): boolean {
  return CAUSES[code].retryable
}

/*
 * The two below are no failures of ours: an app's handler throws them to choose the `error` event which the client gets.
 * They never leave the server as they are, so they carry neither a code of the table nor a status; the run that they end
 * is `failed` with `server_error` (StreamError) or with their own message (CustomStreamError).
 */

/** Thrown by a handler: ends the answer with ChatKit's own words for a failure (event code `stream.error`). */
export class StreamError extends Error {
  override readonly name = 'StreamError'
  readonly code = 'stream.error'
  readonly allowRetry: boolean

  /** `allowRetry` offers the user to try again, by default it does. The message goes to the log alone. */
  constructor(message = 'The answer could not be finished.', options: { allowRetry?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.allowRetry = options.allowRetry ?? true
  }
}

/** Thrown by a handler: ends the answer with a message that the user sees (event code `custom`). */
export class CustomStreamError extends Error {
  override readonly name = 'CustomStreamError'
  readonly code = 'custom'
  readonly allowRetry: boolean

  /** `allowRetry` offers the user to try again, by default it does not. */
  constructor(message: string, options: { allowRetry?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.allowRetry = options.allowRetry ?? false
  }
}
