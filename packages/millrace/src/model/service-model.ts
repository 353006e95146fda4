/** A model at a service, any that is compatible with OpenAI's. What the service is, is found out before its first answer. */
import { ChatKitError } from '@millrace/protocol'
import {
  type Model,
  type ModelRequest,
  type ModelResponse,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  type StreamEvent,
} from '@openai/agents'
import OpenAI from 'openai'
import { findService, isAboutModel, type Service, type ServiceAddress } from './find-service.ts'
import { serviceError } from './service-errors.ts'
import { wholeAnswer } from './whole-answers.ts'

/** Until a service has answered with its headers. Between tokens the server's own time-outs hold. */
export const REQUEST_TIMEOUT_MS = 60_000
/** Until a service has said what it is, when an answer waits for that. */
const FIND_TIMEOUT_MS = 15_000

/** A client for a service. It never tries again by itself: the user sees a failure, and a retry, at once. */
function serviceClient({ baseUrl, apiKey }: ServiceAddress): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? 'none',
    // A service that needs no key is sent none, not even a wrong one.
    ...(apiKey === undefined && { defaultHeaders: { authorization: null } }),
    // Names of an OpenAI account, read from the environment by default, are nobody else's business.
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    fetch: fetchStream,
  })
}

/** A web page with status 200 has no events, and would pass for an empty answer. */
async function fetchStream(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return response
  await response.body?.cancel()
  throw serviceError({ kind: 'web_page' })
}

interface Found extends Service {
  target: Model
}

export class ServiceModel implements Model {
  readonly #address: ServiceAddress
  readonly #wanted: string | undefined
  readonly #client: OpenAI
  readonly #onFound: (service: Service) => void
  #found: Found | undefined
  #finding: Promise<Found> | undefined

  /** `wanted`: the model's name where one is set. `onFound`: told what the service is, when it is known or has changed. */
  constructor(address: ServiceAddress, wanted: string | undefined, onFound: (service: Service) => void) {
    this.#address = address
    this.#wanted = wanted
    this.#client = serviceClient(address)
    this.#onFound = onFound
  }

  /** What is known of the service; undefined until it has answered. */
  get service(): Service | undefined {
    return this.#found
  }

  get address(): string {
    return this.#address.baseUrl
  }

  /** Asks the service what it is, unless that is known. Throws a `ChatKitError`; the next call asks again. */
  async find(timeoutMs: number): Promise<Service> {
    return this.#find(timeoutMs)
  }

  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    const { target } = await this.#find(FIND_TIMEOUT_MS)
    try {
      return await target.getResponse(request)
    } catch (error) {
      const other = this.#otherApi(error)
      if (other === undefined) throw unwrap(error)
      return other.target.getResponse(request)
    }
  }

  async *getStreamedResponse(request: ModelRequest): AsyncGenerator<StreamEvent> {
    const found = await this.#find(FIND_TIMEOUT_MS)
    let begun = false
    try {
      for await (const event of wholeAnswer(found.target, request, found.api)) {
        begun = true
        yield event
      }
    } catch (error) {
      const other = begun ? undefined : this.#otherApi(error)
      if (other === undefined) throw unwrap(error)
      yield* wholeAnswer(other.target, request, other.api)
    }
  }

  #find(timeoutMs: number): Promise<Found> {
    if (this.#found) return Promise.resolve(this.#found)
    this.#finding ??= findService(this.#address, this.#wanted, AbortSignal.timeout(timeoutMs))
      .then((service) => this.#use(service))
      .finally(() => {
        this.#finding = undefined
      })
    return this.#finding
  }

  #use(service: Service): Found {
    const target = modelOf(this.#client, service)
    this.#found = { ...service, target }
    this.#onFound(service)
    return this.#found
  }

  /** Chat Completions, if the Responses API turned out not to be there after all: another server may run there by now. */
  #otherApi(error: unknown): Found | undefined {
    const isGone = error instanceof OpenAI.APIError && [404, 405, 501].includes(error.status ?? 0)
    if (!isGone || this.#found?.api !== 'responses' || isAboutModel(error.error)) return undefined
    return this.#use({ ...this.#found, api: 'chat_completions' })
  }
}

/** The client makes a connection error of whatever its `fetch` throws; ours says more. */
function unwrap(error: unknown): unknown {
  return error instanceof OpenAI.APIConnectionError && error.cause instanceof ChatKitError ? error.cause : error
}

function modelOf(client: OpenAI, { api, model }: Service): Model {
  return api === 'responses' ? new OpenAIResponsesModel(client, model) : new OpenAIChatCompletionsModel(client, model)
}
