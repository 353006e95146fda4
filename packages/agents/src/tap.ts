/**
 * Takes the text deltas of a model past the Runner straight to the run's events, and shows the Runner all else. The Agents
 * SDK reads a model as fast as it can into a queue of its own; through the tap a slow reader slows the model.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setMaxListeners } from 'node:events'
import type { Model, ModelProvider, ModelRequest, StreamEvent } from '@openai/agents'
import { type AgentContext, outletOf } from './agent-context.ts'
import type { EventQueue } from './event-queue.ts'
import type { ModelEvents } from './mappers/model-events.ts'

/** Marks events which the Runner is shown and whose meaning has been told already. A copy by spreading keeps it. */
const TAPPED = Symbol('tapped')

export function isTapped(event: StreamEvent): boolean {
  return TAPPED in event
}

/**
 * How often the Runner of an agent with input guardrails is shown a delta all the same: only with an event in hand it looks
 * after them. Without guardrails it has no use for deltas, and each that it is shown costs ten times the tap.
 */
const RUNNER_INTERVAL_MS = 20

const currentTap = new AsyncLocalStorage<{ events(model: Model, request: ModelRequest): AsyncIterable<StreamEvent> }>()

/** Calls `start` such that the tapped models it reaches go through `tap`. */
export function withTap<Context, Result>(tap: Tap<Context>, start: () => Result): Result {
  return currentTap.run(tap, start)
}

/** The taps of models, so that one model has one. */
const tappedModels = new WeakMap<Model, Model>()

/** A model, or every model of a provider, through which `streamAgent` can reach; outside of it nothing changes. */
export function tapped(target: Model): Model
export function tapped(target: ModelProvider): ModelProvider
export function tapped(target: Model | ModelProvider): Model | ModelProvider {
  return 'getModel' in target ? tappedProvider(target) : tappedModel(target)
}

function tappedProvider(provider: ModelProvider): ModelProvider {
  return { getModel: async (name) => tappedModel(await provider.getModel(name)) }
}

function tappedModel(model: Model): Model {
  const known = tappedModels.get(model)
  if (known) return known
  const wrapper: Model = {
    ...(model.supportsPromptModelSelection === undefined
      ? {}
      : { supportsPromptModelSelection: model.supportsPromptModelSelection }),
    getResponse: (request) => model.getResponse(request),
    getStreamedResponse: (request) =>
      currentTap.getStore()?.events(model, request) ?? model.getStreamedResponse(request),
    ...(model.getRetryAdvice ? { getRetryAdvice: (args) => model.getRetryAdvice?.(args) } : {}),
  }
  tappedModels.set(model, wrapper)
  tappedModels.set(wrapper, wrapper)
  return wrapper
}

/** The tap of one run. */
export class Tap<Context> {
  readonly #model: ModelEvents<Context>
  readonly #queue: EventQueue<unknown>
  /** The signal of the run's own model calls. Agents that are used as tools have others, and their words are not the answer. */
  #signal: AbortSignal | undefined
  readonly #intervalMs: number

  /** `isGuarded`: the run has input guardrails, which the Runner may still be waiting for while the model speaks. */
  constructor(context: AgentContext<Context>, model: ModelEvents<Context>, isGuarded: boolean) {
    this.#model = model
    this.#intervalMs = isGuarded ? RUNNER_INTERVAL_MS : Number.POSITIVE_INFINITY
    this.#queue = outletOf(context).queue
  }

  events(model: Model, request: ModelRequest): AsyncIterable<StreamEvent> {
    this.#signal ??= request.signal
    // The `openai` client listens once per request and never stops: a run of many steps would be warned of as a leak.
    if (request.signal) setMaxListeners(0, request.signal)
    const source = model.getStreamedResponse(request)
    return this.#signal === request.signal ? this.#drain(source, request) : source
  }

  async *#drain(source: AsyncIterable<StreamEvent>, request: ModelRequest): AsyncGenerator<StreamEvent> {
    this.#model.beginCall()
    let shownAt = performance.now()
    for await (const event of source) {
      if (!isDelta(event) || this.#isDue(shownAt)) {
        // The Runner first: what it throws now (a guardrail's objection) is thrown before the event is told.
        yield Object.assign({}, forRunner(event, request), { [TAPPED]: true })
        shownAt = performance.now()
      }
      const wait = this.#model.handle(event)
      if (wait) await wait
      if (this.#queue.isFull) await this.#queue.room()
    }
  }

  #isDue(shownAt: number): boolean {
    return this.#intervalMs !== Number.POSITIVE_INFINITY && performance.now() - shownAt >= this.#intervalMs
  }
}

function isDelta(event: StreamEvent): boolean {
  if (event.type === 'output_text_delta') return true
  if (event.type !== 'model') return false
  const raw: unknown = event.event
  if (typeof raw !== 'object' || raw === null) return false
  return 'type' in raw && typeof raw.type === 'string' ? raw.type.endsWith('.delta') : 'choices' in raw
}

type OutputItem = Extract<StreamEvent, { type: 'response_done' }>['response']['output'][number]

/** The event as the Runner is shown it: with what the JavaScript SDK would get wrong put right. */
function forRunner(event: StreamEvent, request: ModelRequest): StreamEvent {
  if (event.type !== 'response_done') return event
  const output = event.response.output.map(withResult)
  if (request.outputType === 'text' && output.every(saysNothing)) output.push(EMPTY_ANSWER)
  return { ...event, response: { ...event.response, output } }
}

/** Sends the image that a call made with it to the next model call, where the SDK looks for it in another field. */
function withResult(item: OutputItem): OutputItem {
  if (item.type !== 'hosted_tool_call' || item.name !== 'image_generation_call' || item.output === undefined)
    return item
  return { ...item, providerData: { result: item.output, ...item.providerData } }
}

/**
 * A response in which there is nothing to read and nothing to do is an empty answer, as in the Python SDK. The JavaScript
 * one would ask the model again, up to its limit of turns.
 */
function saysNothing(item: OutputItem): boolean {
  if (item.type === 'reasoning') return true
  return 'role' in item && item.role === 'assistant' && item.content.length === 0
}

const EMPTY_ANSWER: OutputItem = {
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: '' }],
}
