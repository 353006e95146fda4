/**
 * One run of an agent as the events of one answer: begins with the workflow that was left open, follows whatever makes
 * events, and ends with what only the end can tell. Both `streamAgent` and `streamAgentRun` are this.
 */
import type { ThreadStreamEvent } from '@millrace/protocol'
import {
  InputGuardrailTripwireTriggered,
  ModelRefusalError,
  OutputGuardrailTripwireTriggered,
  type RunStreamEvent,
  type StreamEvent,
} from '@openai/agents'
import { type AgentContext, outletOf } from './agent-context.ts'
import { toStreamError } from './failures.ts'
import { chooseItemId } from './item-ids.ts'
import type { StreamMappers } from './mappers/mappers.ts'
import { ModelEvents } from './mappers/model-events.ts'
import { isTapped } from './tap.ts'

/** What is needed of the Agents SDK's `StreamedRunResult`. */
export interface RunnerStream {
  toStream(): AsyncIterable<RunStreamEvent>
}

/** Starts a run whose model events go to `model`; the signal ends it. */
export type StartRun<Context> = (
  model: ModelEvents<Context>,
  signal: AbortSignal,
) => RunnerStream | Promise<RunnerStream>

/** The events of a run that is started when they are first asked for. Who stops asking ends it. */
export function runEvents<Context>(
  context: AgentContext<Context>,
  mappers: StreamMappers,
  start: StartRun<Context>,
): AsyncIterable<ThreadStreamEvent> {
  return {
    [Symbol.asyncIterator]() {
      const outlet = outletOf(context)
      const { queue } = outlet
      const left = new AbortController()
      const signal = AbortSignal.any([context.signal, left.signal])
      const discard = () => queue.discard()
      if (signal.aborted) discard()
      else signal.addEventListener('abort', discard, { once: true })
      const events = queue.read(() => left.abort())
      outlet.isOver = false
      void new AgentRun(context, mappers, signal)
        .follow(start)
        .then(
          () => queue.end(),
          (error: unknown) => queue.end({ error }),
        )
        .finally(() => {
          outlet.isOver = true
          signal.removeEventListener('abort', discard)
        })
      return events
    },
  }
}

/** The last function call of a run: what a client tool call takes its ids from. */
interface FunctionCall {
  id: string | undefined
  callId: string
}

class AgentRun<Context> {
  readonly #context: AgentContext<Context>
  readonly #signal: AbortSignal
  readonly #model: ModelEvents<Context>
  readonly #calls: FunctionCall[] = []

  constructor(context: AgentContext<Context>, mappers: StreamMappers, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
    this.#model = new ModelEvents(context, mappers)
  }

  async follow(start: StartRun<Context>): Promise<void> {
    if (this.#signal.aborted) return
    const { workflow } = outletOf(this.#context)
    try {
      await this.#continueWorkflow()
      await this.#read(await start(this.#model, this.#signal)).catch(unlessRefusal)
      if (this.#signal.aborted) return
      this.#expectNothingOpen()
      await this.#finish()
    } catch (error) {
      if (this.#signal.aborted) return
      if (isTripwire(error)) this.#takeBack()
      workflow.flush()
      throw toStreamError(error, this.#model)
    }
  }

  /** Cancelling the reader ends the run at once, whether or not it was given the signal. */
  async #read(run: RunnerStream): Promise<void> {
    const reader = readerOf(run)
    const cancel = () => void reader.cancel().catch(() => {})
    if (this.#signal.aborted) return cancel()
    this.#signal.addEventListener('abort', cancel, { once: true })
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const wait = this.#handle(next.value)
        if (wait) await wait
      }
    } finally {
      this.#signal.removeEventListener('abort', cancel)
    }
  }

  #handle(event: RunStreamEvent): void | Promise<void> {
    if (event.type === 'raw_model_stream_event') return this.#handleRaw(event.data)
    if (event.type !== 'run_item_stream_event' || event.item.type !== 'tool_call_item') return
    const { rawItem } = event.item
    if (rawItem.type === 'function_call') this.#calls.push({ id: rawItem.id, callId: rawItem.callId })
  }

  #handleRaw(event: StreamEvent): void | Promise<void> {
    if (!isTapped(event)) return this.#model.handle(event)
  }

  /** As in the reference: the last item, or the last but one before a client tool call. */
  async #continueWorkflow(): Promise<void> {
    const { store, thread, requestContext } = this.#context
    const page = await store.listItems(thread.id, { limit: 2, order: 'desc' }, undefined, requestContext)
    const [last, lastButOne] = page.data
    const { workflow } = outletOf(this.#context)
    if (workflow.id !== undefined) return
    if (last?.type === 'workflow') workflow.adopt(last)
    else if (last?.type === 'client_tool_call' && lastButOne?.type === 'workflow') workflow.adopt(lastButOne)
  }

  /** The Agents SDK takes some ends for good ones: a request that someone else aborted is none. */
  #expectNothingOpen(): void {
    if (this.#model.isInMessage) throw new Error('The model’s stream ended in the middle of a message.')
  }

  async #finish(): Promise<void> {
    const { store, thread, requestContext } = this.#context
    const outlet = outletOf(this.#context)
    outlet.workflow.flush()
    // Kept for the next run, which goes on with it.
    const open = outlet.workflow.item
    if (open) await store.saveItem(thread.id, open, requestContext)
    if (outlet.clientToolCall) await this.#callClientTool(outlet.clientToolCall)
    await outlet.settle()
  }

  async #callClientTool(tool: { name: string; arguments: Record<string, unknown> }): Promise<void> {
    const outlet = outletOf(this.#context)
    outlet.clientToolCall = undefined
    const call = this.#calls.at(-1)
    const id = await chooseItemId(this.#context, call?.id, outlet.produced, 'tool_call')
    outlet.emit({
      type: 'thread.item.done',
      item: {
        id,
        thread_id: this.#context.thread.id,
        created_at: this.#context.now().toISOString(),
        type: 'client_tool_call',
        status: 'pending',
        call_id: call?.callId ?? this.#context.generateId('tool_call'),
        name: tool.name,
        arguments: tool.arguments,
      },
    })
  }

  /** What a guardrail objects to disappears, whether or not it was finished. */
  #takeBack(): void {
    const { queue, produced } = outletOf(this.#context)
    queue.clear()
    const callIds = this.#calls.map(({ id }) => id).filter((id) => id !== undefined)
    for (const itemId of new Set([...produced, ...callIds])) {
      queue.push({ type: 'thread.item.removed', item_id: itemId })
    }
  }
}

/** The Agents SDK types its stream as something less than the web's stream which it is. */
function readerOf(run: RunnerStream): ReadableStreamDefaultReader<RunStreamEvent> {
  const stream = run.toStream()
  if (!isWebStream(stream)) throw new Error('This version of the Agents SDK streams in another way. Use 0.14 to 0.20.')
  return stream.getReader()
}

function isWebStream(stream: AsyncIterable<RunStreamEvent>): stream is ReadableStream<RunStreamEvent> {
  return 'getReader' in stream
}

/** A refusal was shown as the answer that it is, and ends the run as one. */
function unlessRefusal(error: unknown): void {
  if (!(error instanceof ModelRefusalError)) throw error
}

function isTripwire(error: unknown): boolean {
  return error instanceof InputGuardrailTripwireTriggered || error instanceof OutputGuardrailTripwireTriggered
}
