/** Finds out what a model service is: which of OpenAI's two APIs it has, and what its model is called. */
import { type ServiceFailure, serviceError } from './service-errors.ts'

export interface ServiceAddress {
  /** Without a slash at its end. */
  baseUrl: string
  apiKey: string | undefined
}

export type ServiceApi = 'responses' | 'chat_completions'

export interface Service {
  api: ServiceApi
  /** The model's name. */
  model: string
}

/**
 * Asks the service. `wanted` is the model's name where one is set; else it is the first of `/models`. Costs no tokens.
 * Throws a `ChatKitError` where the service can't be asked now, or refuses: asking again later is then right.
 */
export async function findService(
  address: ServiceAddress,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Service> {
  const model = wanted ?? (await firstModel(address, signal))
  return { model, api: await findApi(address, model, signal) }
}

async function firstModel(address: ServiceAddress, signal: AbortSignal): Promise<string> {
  const answer = await ask(address, 'GET', '/models', undefined, signal)
  if (!answer.ok)
    throw serviceError(answer.status === 404 ? { kind: 'no_models' } : { kind: 'status', status: answer.status })
  const models = isObject(answer.json) && Array.isArray(answer.json.data) ? answer.json.data : []
  const names = models.map((model: unknown) => (isObject(model) ? model.id : undefined))
  const first = names.find((name): name is string => typeof name === 'string' && name !== '')
  if (first === undefined) throw serviceError({ kind: 'no_models' })
  return first
}

/**
 * A request without input: a service that has the Responses API complains about that, any other about the address.
 * Where a service does not know the model it says so with 404, too, but then in words about the model.
 */
async function findApi(address: ServiceAddress, model: string, signal: AbortSignal): Promise<ServiceApi> {
  const { ok, status, json } = await ask(address, 'POST', '/responses', { model }, signal)
  const isAddressUnknown = status === 404 || status === 405 || status === 501
  if (isAddressUnknown) return isAboutModel(json) ? 'responses' : 'chat_completions'
  if (status === 401 || status === 403 || status === 429 || status >= 500)
    throw serviceError({ kind: 'status', status })
  // Some servers tell of an unknown address with 200 and a lone `error`.
  if (ok && isObject(json) && json.error && json.object !== 'response') return 'chat_completions'
  return 'responses'
}

/** Whether an error speaks of an unknown model and not of an unknown address. */
export function isAboutModel(body: unknown): boolean {
  const error = isObject(body) && isObject(body.error) ? body.error : body
  if (!isObject(error)) return false
  return error.code === 'model_not_found' || (typeof error.message === 'string' && /\bmodel\b/i.test(error.message))
}

interface Answer {
  ok: boolean
  status: number
  /** The body, if it was JSON. */
  json: unknown
}

async function ask(
  { baseUrl, apiKey }: ServiceAddress,
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (apiKey) headers.authorization = `Bearer ${apiKey}`
  if (body) headers['content-type'] = 'application/json'
  let failure: ServiceFailure = { kind: 'unreachable' }
  try {
    const response = await fetch(baseUrl + path, {
      method,
      headers,
      signal,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.ok && /^\s*<(?:!doctype|html)/i.test(text)) failure = { kind: 'web_page' }
    else return { ok: response.ok, status: response.status, json: parse(text) }
  } catch (cause) {
    throw serviceError(failure, cause)
  }
  throw serviceError(failure)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
