/** What can be wrong with a model service, in words that say what to do. Its own words never reach a client: they may hold keys. */
import { ChatKitError, type ChatKitErrorCode } from '@millrace/protocol'

/** What is known of a service that did not do what it should. */
export type ServiceFailure =
  | { kind: 'unreachable' }
  | { kind: 'status'; status: number }
  | { kind: 'web_page' }
  | { kind: 'no_models' }
  | { kind: 'no_answer' }
  | { kind: 'broke_off' }

export function serviceError(failure: ServiceFailure, cause?: unknown): ChatKitError {
  const [code, message, retryable] = describe(failure)
  return new ChatKitError(code, message, {
    ...(cause !== undefined && { cause }),
    ...(retryable !== undefined && { retryable }),
  })
}

/** Code, message, and whether trying again may help where the code does not say it right. */
type Description = readonly [code: ChatKitErrorCode, message: string, retryable?: boolean]

function describe(failure: ServiceFailure): Description {
  switch (failure.kind) {
    case 'unreachable':
      return [
        'model_error',
        'The model service cannot be reached. Check that it runs and that OPENAI_BASE_URL is right.',
      ]
    case 'web_page':
      return [
        'model_error',
        'The model service answered with a web page. Check OPENAI_BASE_URL: the address of an API usually ends with /v1.',
        false,
      ]
    case 'no_models':
      return ['model_error', 'The model service names no models. Load one there, or set AGENT_MODEL.', false]
    case 'no_answer':
      return ['model_error', 'The model service gave an empty answer. Try again.']
    case 'broke_off':
      return ['model_error', 'The model service broke off in the middle of its answer. Try again.']
    case 'status':
      return describeStatus(failure.status)
    default:
      return failure satisfies never
  }
}

function describeStatus(status: number): Description {
  if (status === 401 || status === 403)
    return ['model_auth', 'The model service refused its key. Check OPENAI_API_KEY.']
  if (status === 429)
    return ['model_rate_limited', 'The model service gets too many requests. Wait a moment and try again.']
  if (status >= 500) return ['model_error', `The model service failed (HTTP ${status}). Try again in a moment.`]
  return [
    'model_error',
    `The model service has no such address (HTTP ${status}). Check OPENAI_BASE_URL and AGENT_MODEL.`,
    false,
  ]
}
