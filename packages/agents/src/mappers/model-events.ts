/**
 * From a model's events to ChatKit's, for one run over all of its model calls. It is given every event of the model once,
 * by the tap or by the Runner's stream, and sends what is to be seen through the context's outlet.
 */
import { IconNameSchema } from '@millrace/protocol/schemas'
import type { StreamEvent } from '@openai/agents'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { type AgentContext, outletOf } from '../agent-context.ts'
import { progressOf } from '../models/progress-event.ts'
import { Images } from './images.ts'
import type { StreamMappers } from './mappers.ts'
import { MessageWriter } from './message-writer.ts'
import { Messages } from './messages.ts'
import { PlainMessages } from './plain-messages.ts'
import { Thoughts } from './thoughts.ts'

/** What a service said of its own failure, before the Agents SDK made a general error of it. */
export type ModelFailure = { kind: 'failed' | 'incomplete'; code: string | undefined }

export class ModelEvents<Context> {
  readonly #context: AgentContext<Context>
  readonly #writer: MessageWriter<Context>
  readonly #messages: Messages<Context>
  readonly #plain: PlainMessages<Context>
  readonly #thoughts: Thoughts
  readonly #images: Images<Context>
  /** Whether the call in hand has told an event of the Responses API, which then tells everything. */
  #speaksResponses = false
  #hasHeard = false
  #failure: ModelFailure | undefined

  constructor(context: AgentContext<Context>, mappers: StreamMappers = {}) {
    this.#context = context
    this.#writer = new MessageWriter(context)
    this.#messages = new Messages(this.#writer, mappers)
    this.#plain = new PlainMessages(this.#writer, mappers)
    this.#thoughts = new Thoughts(outletOf(context).workflow)
    this.#images = new Images(context, mappers)
  }

  /** Whether the call in hand has told anything at all. */
  get hasHeard(): boolean {
    return this.#hasHeard
  }

  /** Whether a message was begun and never ended: the model broke off. */
  get isInMessage(): boolean {
    return this.#writer.open.length > 0
  }

  get failure(): ModelFailure | undefined {
    return this.#failure
  }

  beginCall(): void {
    this.#speaksResponses = false
    this.#hasHeard = false
    this.#failure = undefined
    this.#messages.beginCall()
    this.#plain.beginCall()
    this.#images.beginCall()
  }

  /** Gives a promise only where there is something to wait for; a text delta has nothing. Events are given in order. */
  handle(event: StreamEvent): void | Promise<void> {
    switch (event.type) {
      case 'model':
        this.#hasHeard = true
        return this.#handleRaw(event.event)
      case 'output_text_delta':
        this.#hasHeard = true
        // The same delta comes as a `model` event, which knows its place.
        if (this.#speaksResponses || event.providerData?.type === 'response.output_text.delta') return
        return this.#plain.text(event)
      case 'response_started':
        this.beginCall()
        this.#hasHeard = true
        return
      case 'response_done':
        return this.#speaksResponses
          ? this.#plain.finishOpen(event.response.output)
          : this.#plain.finish(event.response.output)
      default:
        return event satisfies never
    }
  }

  #handleRaw(event: unknown): void | Promise<void> {
    if (isResponsesEvent(event)) {
      this.#speaksResponses = true
      return this.#handleResponsesEvent(event)
    }
    const progress = progressOf(event)
    if (progress) return this.#context.progress(progress.text, IconNameSchema.safeParse(progress.icon).data)
  }

  #handleResponsesEvent(event: ResponseStreamEvent): void | Promise<void> {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return this.#messages.text(event)
      case 'response.output_item.added':
        if (event.item.type === 'message') return this.#messages.added(event.output_index, event.item)
        if (event.item.type === 'reasoning') return this.#thoughts.begin()
        if (event.item.type === 'image_generation_call') return this.#images.added(event.output_index)
        return
      case 'response.output_item.done':
        if (event.item.type === 'message') return this.#messages.done(event.output_index, event.item)
        if (event.item.type === 'image_generation_call') return this.#images.done(event.output_index, event.item)
        return
      case 'response.content_part.added':
        return this.#messages.partAdded(event)
      case 'response.output_text.done':
        return this.#messages.partDone(event, event.text)
      case 'response.refusal.done':
        return this.#messages.partDone(event, event.refusal)
      case 'response.output_text.annotation.added':
        return this.#messages.annotation(event)
      case 'response.reasoning_summary_text.delta':
        return this.#thoughts.text(event)
      case 'response.reasoning_summary_text.done':
        return this.#thoughts.done(event)
      case 'response.image_generation_call.partial_image':
        return this.#images.partial(event)
      case 'response.failed':
        this.#failure = { kind: 'failed', code: event.response?.error?.code }
        return
      case 'response.incomplete':
        this.#failure = { kind: 'incomplete', code: event.response?.incomplete_details?.reason }
        return
      case 'error':
        this.#failure = { kind: 'failed', code: event.code ?? undefined }
        return
      default:
        // Calls of functions and hosted tools show nothing of themselves.
        return
    }
  }
}

/** By its name: events that came after our `openai` was made are let through, and ignored. */
function isResponsesEvent(event: unknown): event is ResponseStreamEvent {
  if (typeof event !== 'object' || event === null || !('type' in event)) return false
  const { type } = event
  return typeof type === 'string' && (type.startsWith('response.') || type === 'error')
}
