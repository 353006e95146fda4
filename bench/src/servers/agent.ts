/** The same answer through the Agents SDK: an agent whose model is in the process and costs as little as can be. */

import { type AgentContext, respondWith, tapped } from '@millrace/agents'
import {
  Agent,
  type Model,
  type ModelRequest,
  type ModelResponse,
  type StreamEvent,
  setTracingDisabled,
} from '@openai/agents'
import { parsePace, tokens } from '../tokens.ts'

setTracingDisabled(true)

/** Says what it is asked for, as the events of the Responses API. */
class PacedModel implements Model {
  async getResponse(): Promise<ModelResponse> {
    throw new Error('The bench only streams.')
  }

  async *getStreamedResponse(request: ModelRequest): AsyncIterable<StreamEvent> {
    const id = crypto.randomUUID()
    const said: string[] = []
    yield { type: 'response_started' }
    yield raw({
      type: 'response.output_item.added',
      output_index: 0,
      item: { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] },
    })
    yield raw({
      type: 'response.content_part.added',
      item_id: id,
      output_index: 0,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [] },
    })
    for await (const delta of tokens(parsePace(askedFor(request)))) {
      said.push(delta)
      yield raw({ type: 'response.output_text.delta', item_id: id, output_index: 0, content_index: 0, delta })
      yield { type: 'output_text_delta', delta }
    }
    const text = said.join('')
    const content = [{ type: 'output_text', text, annotations: [] }]
    yield raw({ type: 'response.content_part.done', item_id: id, output_index: 0, content_index: 0, part: content[0] })
    yield raw({
      type: 'response.output_item.done',
      output_index: 0,
      item: { id, type: 'message', role: 'assistant', status: 'completed', content },
    })
    const usage = { inputTokens: 1, outputTokens: said.length, totalTokens: said.length + 1 }
    const output = [
      {
        id,
        type: 'message' as const,
        role: 'assistant' as const,
        status: 'completed' as const,
        content: [{ type: 'output_text' as const, text }],
      },
    ]
    yield { type: 'response_done', response: { id: `resp_${id}`, usage, output } }
  }
}

function raw(event: Record<string, unknown>): StreamEvent {
  return { type: 'model', event }
}

function askedFor({ input }: ModelRequest): string {
  if (typeof input === 'string') return input
  const last = input.at(-1)
  if (!last || !('role' in last) || last.role !== 'user') return ''
  if (typeof last.content === 'string') return last.content
  const [part] = last.content
  return part && 'text' in part ? part.text : ''
}

const agent = new Agent<AgentContext>({ name: 'Bench', instructions: 'Answer.', model: tapped(new PacedModel()) })

export const respondWithAgent = respondWith(agent)
