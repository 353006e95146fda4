/** Tells an answer that was cut from one that is whole. */
import type { Model, ModelRequest, StreamEvent } from '@openai/agents'
import OpenAI from 'openai'
import type { ServiceApi } from './find-service.ts'
import { serviceError } from './service-errors.ts'

/**
 * A model's answer, which ends well only if it is whole. The Agents SDK takes the end of a Chat Completions stream for the
 * end of the answer, whatever came before: a body that ends without a finish reason was cut, one with nothing in it is
 * none. The Responses API says itself how an answer ended.
 */
export async function* wholeAnswer(model: Model, request: ModelRequest, api: ServiceApi): AsyncGenerator<StreamEvent> {
  let heard = false
  let finished = api === 'responses'
  try {
    for await (const event of model.getStreamedResponse(request)) {
      if (event.type === 'model') {
        heard = true
        finished ||= hasFinishReason(event.event)
      }
      if (event.type === 'response_done' && !finished) throw serviceError({ kind: heard ? 'broke_off' : 'no_answer' })
      yield event
    }
  } catch (error) {
    throw heard && isLostConnection(error) && !request.signal?.aborted
      ? serviceError({ kind: 'broke_off' }, error)
      : error
  }
}

/** What the network or half a line of JSON made of it, not what the service or the SDK says of a request. */
function isLostConnection(error: unknown): boolean {
  return error instanceof TypeError || error instanceof SyntaxError || error instanceof OpenAI.APIConnectionError
}

/** Of a chunk of Chat Completions. */
function hasFinishReason(chunk: unknown): boolean {
  if (typeof chunk !== 'object' || chunk === null || !('choices' in chunk) || !Array.isArray(chunk.choices))
    return false
  return chunk.choices.some(
    (choice: unknown) =>
      typeof choice === 'object' && choice !== null && 'finish_reason' in choice && Boolean(choice.finish_reason),
  )
}
