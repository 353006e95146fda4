/**
 * What a model in this process says, as the Agents SDK expects it from the Responses API: every raw event as a `model`
 * event, text deltas also as `output_text_delta`, and a `response_done` with the finished output. So an agent behaves
 * the same whether its model is here or at a service. Order and fields of the events as recorded in the conformance tapes.
 */
import { type ModelResponse, OPENAI_RESPONSES_RAW_MODEL_EVENT_SOURCE, type StreamEvent, Usage } from '@openai/agents'
import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'

const RAW_SOURCE = { rawModelEventSource: OPENAI_RESPONSES_RAW_MODEL_EVENT_SOURCE }

type OutputItem = Extract<StreamEvent, { type: 'response_done' }>['response']['output'][number]

const wrap = (event: ResponseStreamEvent): StreamEvent => ({ type: 'model', event, providerData: RAW_SOURCE })

/** `<prefix>_` and 32 random hex digits, as long as the ids of the Responses API. */
function modelItemId(prefix: 'resp' | 'msg' | 'rs' | 'fc' | 'call'): string {
  return `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`
}

/** One response in the making: each method gives the events that announce what it is told, to be yielded in order. */
export class ResponseStream {
  readonly #model: string
  readonly #id = modelItemId('resp')
  readonly #createdAt = Math.floor(Date.now() / 1000)
  /** Output of finished items in both shapes; the open one, if any, comes next. */
  readonly #raw: ResponseOutputItem[] = []
  readonly #items: OutputItem[] = []
  /** The item that is being said. Its text stays in pieces, so that a delta costs the same however long the answer is. */
  #open: { kind: 'message' | 'reasoning'; id: string; pieces: string[] } | undefined
  #sequence = 0

  constructor(model: string) {
    this.#model = model
  }

  start(): StreamEvent[] {
    const created = {
      type: 'response.created',
      sequence_number: this.#sequence++,
      response: this.#response('in_progress'),
    } satisfies ResponseStreamEvent
    return [{ type: 'response_started', providerData: { ...created } }, wrap(created)]
  }

  /** A piece of the answer's text; begins a message where none is open. */
  text(delta: string): StreamEvent[] {
    const { item, events } = this.#continue('message')
    item.pieces.push(delta)
    events.push(
      { type: 'output_text_delta', delta, itemId: item.id },
      wrap({
        type: 'response.output_text.delta',
        sequence_number: this.#sequence++,
        item_id: item.id,
        output_index: this.#raw.length,
        content_index: 0,
        delta,
        logprobs: [],
      }),
    )
    return events
  }

  /** A piece of a thought; begins a reasoning item with one summary where none is open. */
  thought(delta: string): StreamEvent[] {
    const { item, events } = this.#continue('reasoning')
    item.pieces.push(delta)
    const at = { item_id: item.id, output_index: this.#raw.length, summary_index: 0 }
    events.push(this.#wrap({ type: 'response.reasoning_summary_text.delta', ...at, delta }))
    return events
  }

  /** A function call, whole. `json` holds the arguments. */
  functionCall(name: string, json: string, callId = modelItemId('call')): StreamEvent[] {
    const events = this.endItem()
    const id = modelItemId('fc')
    const at = { item_id: id, output_index: this.#raw.length }
    const call = { id, type: 'function_call', call_id: callId, name } as const
    events.push(
      this.#added({ ...call, status: 'in_progress', arguments: '' }),
      this.#wrap({ type: 'response.function_call_arguments.delta', ...at, delta: json }),
      this.#wrap({ type: 'response.function_call_arguments.done', ...at, name, arguments: json }),
      this.#done(
        { ...call, status: 'completed', arguments: json },
        { id, type: 'function_call', callId, name, status: 'completed', arguments: json },
      ),
    )
    return events
  }

  /** Ends the open message or thought, if any; what is said next is an item of its own. */
  endItem(): StreamEvent[] {
    const item = this.#open
    if (item === undefined) return []
    this.#open = undefined
    const text = item.pieces.join('')
    return item.kind === 'message' ? this.#endMessage(item.id, text) : this.#endReasoning(item.id, text)
  }

  /** Ends the response: ends what is open and gives the final event, which holds the whole output. */
  finish(tokens: { input: number; output: number }): StreamEvent[] {
    const events = this.endItem()
    const totalTokens = tokens.input + tokens.output
    const usage = {
      input_tokens: tokens.input,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: tokens.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: totalTokens,
    }
    events.push(
      {
        type: 'response_done',
        response: {
          id: this.#id,
          output: this.#items,
          usage: { requests: 1, inputTokens: tokens.input, outputTokens: tokens.output, totalTokens },
        },
      },
      this.#wrap({ type: 'response.completed', response: { ...this.#response('completed'), usage } }),
    )
    return events
  }

  /** The open item, if it is of this kind, else a new one with the events that begin it. */
  #continue(kind: 'message' | 'reasoning') {
    if (this.#open?.kind === kind) return { item: this.#open, events: [] as StreamEvent[] }
    const events = this.endItem()
    const item = { kind, id: modelItemId(kind === 'message' ? 'msg' : 'rs'), pieces: [] }
    this.#open = item
    const at = { item_id: item.id, output_index: this.#raw.length }
    if (kind === 'message') {
      const part = { type: 'output_text' as const, text: '', annotations: [], logprobs: [] }
      events.push(
        this.#added({ id: item.id, type: 'message', status: 'in_progress', role: 'assistant', content: [] }),
        this.#wrap({ type: 'response.content_part.added', ...at, content_index: 0, part }),
      )
    } else {
      const part = { type: 'summary_text' as const, text: '' }
      events.push(
        this.#added({ id: item.id, type: 'reasoning', summary: [] }),
        this.#wrap({ type: 'response.reasoning_summary_part.added', ...at, summary_index: 0, part }),
      )
    }
    return { item: this.#open, events }
  }

  #endMessage(id: string, text: string): StreamEvent[] {
    const at = { item_id: id, output_index: this.#raw.length, content_index: 0 }
    const part = { type: 'output_text' as const, text, annotations: [], logprobs: [] }
    const message = { id, type: 'message', status: 'completed', role: 'assistant' } as const
    return [
      this.#wrap({ type: 'response.output_text.done', ...at, text, logprobs: [] }),
      this.#wrap({ type: 'response.content_part.done', ...at, part }),
      this.#done({ ...message, content: [part] }, { ...message, content: [{ type: 'output_text', text }] }),
    ]
  }

  #endReasoning(id: string, text: string): StreamEvent[] {
    const at = { item_id: id, output_index: this.#raw.length, summary_index: 0 }
    const part = { type: 'summary_text' as const, text }
    return [
      this.#wrap({ type: 'response.reasoning_summary_text.done', ...at, text }),
      this.#wrap({ type: 'response.reasoning_summary_part.done', ...at, part }),
      this.#done(
        { id, type: 'reasoning', summary: [part] },
        { id, type: 'reasoning', content: [{ type: 'input_text', text }] },
      ),
    ]
  }

  #added(item: ResponseOutputItem): StreamEvent {
    return this.#wrap({ type: 'response.output_item.added', output_index: this.#raw.length, item })
  }

  #done(raw: ResponseOutputItem, item: OutputItem): StreamEvent {
    const event = this.#wrap({ type: 'response.output_item.done', output_index: this.#raw.length, item: raw })
    this.#raw.push(raw)
    this.#items.push(item)
    return event
  }

  #wrap(event: WithoutSequence<ResponseStreamEvent>): StreamEvent {
    return wrap({ ...event, sequence_number: this.#sequence++ })
  }

  #response(status: 'in_progress' | 'completed'): Response {
    return {
      id: this.#id,
      object: 'response',
      created_at: this.#createdAt,
      status,
      model: this.#model,
      output: [...this.#raw],
      output_text: '',
      error: null,
      incomplete_details: null,
      instructions: null,
      metadata: null,
      parallel_tool_calls: true,
      temperature: null,
      tool_choice: 'auto',
      tools: [],
      top_p: null,
    }
  }
}

type WithoutSequence<Event> = Event extends ResponseStreamEvent ? Omit<Event, 'sequence_number'> : never

/** The finished response of a stream: what a model's `getResponse` returns. Throws what the stream throws. */
export async function collectResponse(stream: AsyncIterable<StreamEvent>): Promise<ModelResponse> {
  let done: ModelResponse | undefined
  for await (const event of stream) {
    if (event.type !== 'response_done') continue
    const { id, output, usage } = event.response
    const { inputTokens, outputTokens, totalTokens } = usage
    done = { responseId: id, output, usage: new Usage({ requests: 1, inputTokens, outputTokens, totalTokens }) }
  }
  if (done === undefined) throw new Error('The model ended its stream without a response.')
  return done
}
