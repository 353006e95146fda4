/**
 * What went wrong with a model, in words that say what to do. The client's frame is ChatKit's plain one; the cause, which
 * the server puts into the run's end, is honest about its kind and about whether trying again may help. The service's own
 * words stay in the log: they may hold keys, prompts and addresses.
 */
import { ChatKitError, CustomStreamError, StreamError } from '@millrace/protocol'
import {
  GuardrailExecutionError,
  InputGuardrailTripwireTriggered,
  MaxTurnsExceededError,
  ModelBehaviorError,
  OutputGuardrailTripwireTriggered,
  ToolCallError,
  ToolTimeoutError,
  UserError,
} from '@openai/agents'
import type { ModelFailure } from './mappers/model-events.ts'

/** What is known of the model call that failed besides its error. */
export interface CallState {
  /** Whether it had told anything. */
  hasHeard: boolean
  /** Whether it was in the middle of a message. */
  isInMessage: boolean
  failure: ModelFailure | undefined
}

const UNKNOWN_CALL: CallState = { hasHeard: false, isInMessage: false, failure: undefined }

/**
 * The error to throw from a `respond` handler for whatever an agent's run threw. What an app's tool throws as `StreamError`
 * or `CustomStreamError` is kept as it is.
 */
export function toStreamError(error: unknown, call: CallState = UNKNOWN_CALL): StreamError | CustomStreamError {
  if (error instanceof StreamError || error instanceof CustomStreamError) return error
  if (error instanceof ToolCallError) return ofTool(error)
  if (error instanceof ChatKitError) return new StreamError(error.message, { cause: error })
  return failed(causeOf(error, call) ?? UNKNOWN, error)
}

/** A tool's connections and refusals are not the model's: only what it says in our own words is passed on. */
function ofTool(error: ToolCallError): StreamError | CustomStreamError {
  const { error: thrown } = error
  const isOurs = [StreamError, CustomStreamError, ChatKitError, ToolCallError].some((type) => thrown instanceof type)
  return isOurs ? toStreamError(thrown) : failed(TOOL, error)
}

/** Code, message, and whether trying again may help where that isn't the code's own word. */
type Cause = readonly [code: ChatKitError['code'], message: string, retryable?: boolean]

const TOOL: Cause = ['server_error', 'One of the assistant’s tools failed. Try again; the server log says which.']
const UNKNOWN: Cause = ['server_error', 'The answer failed. Try again; if it keeps failing, look at the server log.']
const BROKE_OFF: Cause = ['model_error', 'The model service broke off in the middle of its answer. Try again.']
const NO_ANSWER: Cause = [
  'model_error',
  'The model service gave no answer that could be read. Check that OPENAI_BASE_URL is the address of an OpenAI-compatible API.',
]
const UNREACHABLE: Cause = [
  'model_error',
  'The model service cannot be reached. Check that it runs and that OPENAI_BASE_URL is right.',
]

function failed([code, message, retryable]: Cause, error: unknown): StreamError {
  const cause = new ChatKitError(code, message, { cause: error, ...(retryable === undefined ? {} : { retryable }) })
  return new StreamError(message, { cause })
}

function causeOf(error: unknown, call: CallState): Cause | undefined {
  if (call.failure) return causeOfFailure(call.failure)
  if (error instanceof InputGuardrailTripwireTriggered || error instanceof OutputGuardrailTripwireTriggered) {
    return ['model_error', 'A guardrail of this assistant stopped the answer. Ask in another way.', false]
  }
  if (error instanceof MaxTurnsExceededError) {
    return ['model_error', 'The assistant took too many steps without coming to an answer. Ask for less at once.']
  }
  if (isTimeout(error)) return ['model_error', 'The model service took too long. Try again.']
  if (error instanceof ToolTimeoutError || error instanceof GuardrailExecutionError) return TOOL
  if (error instanceof UserError) {
    return ['server_error', 'The agent is set up wrongly. The server log says what to change.', false]
  }
  const status = statusOf(error)
  if (status !== undefined) return causeOfStatus(status, codeOf(error))
  if (error instanceof ModelBehaviorError || isUnreadable(error) || isConnectionError(error)) {
    if (call.isInMessage || (call.hasHeard && isConnectionError(error))) return BROKE_OFF
    if (isConnectionError(error)) return UNREACHABLE
    return call.hasHeard ? ['model_error', 'The model service’s answer made no sense. Try again.'] : NO_ANSWER
  }
  return undefined
}

function causeOfFailure({ kind, code }: ModelFailure): Cause {
  if (kind === 'failed') {
    return code === 'rate_limit_exceeded'
      ? causeOfStatus(429, code)
      : ['model_error', 'The model service failed. Try again.']
  }
  return code === 'content_filter'
    ? ['model_error', 'The model service’s content filter cut the answer. Ask in another way.', false]
    : ['output_too_long', 'The answer was cut at the model’s limit of length. Ask it to go on, or for a shorter one.']
}

function causeOfStatus(status: number, code: string | undefined): Cause {
  if (code === 'context_length_exceeded') {
    return ['model_error', 'The conversation is too long for this model. Start a new chat.', false]
  }
  if (code === 'insufficient_quota') {
    return ['model_rate_limited', 'The model service’s quota is used up. Check its plan and billing.', false]
  }
  switch (status) {
    case 401:
    case 403:
      return ['model_auth', 'The model service refused its key. Check OPENAI_API_KEY.']
    case 404:
      return [
        'model_error',
        'The model service has no such model or address. Check AGENT_MODEL and OPENAI_BASE_URL.',
        false,
      ]
    case 408:
      return ['model_error', 'The model service took too long. Try again.']
    case 429:
      return ['model_rate_limited', 'The model service gets too many requests. Wait a moment and try again.']
    default:
      return status >= 500
        ? ['model_error', `The model service failed (HTTP ${status}). Try again in a moment.`]
        : ['model_error', `The model service did not take the request (HTTP ${status}). Check AGENT_MODEL.`, false]
  }
}

// The errors of the `openai` package are known by their shape: an app may have another copy of it than the Agents SDK.

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A body that is no JSON, or that is not what the service's API says. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || chainOf(error).some((at) => at instanceof SyntaxError)
}

/** Of the `openai` client's own timer, of the network, or the Agents SDK's `ModelTimeoutError`, which 0.14 does not have. */
function isTimeout(error: unknown): boolean {
  return chainOf(error).some((at) => codeOf(at) === 'ETIMEDOUT' || at.constructor.name === 'APIConnectionTimeoutError')
}

const CONNECTION_CODE = /^(?:E[A-Z_]+|UND_ERR_[A-Z_]+)$/

function isConnectionError(error: unknown): boolean {
  return chainOf(error).some(
    (at) =>
      CONNECTION_CODE.test(codeOf(at) ?? '') ||
      at.constructor.name.startsWith('APIConnection') ||
      (at instanceof TypeError && (at.message === 'terminated' || at.message === 'fetch failed')),
  )
}

function chainOf(error: unknown): Error[] {
  const chain: Error[] = []
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at)
  return chain
}
