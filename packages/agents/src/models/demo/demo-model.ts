/** The built-in demo model: a script behind the Agents SDK's `Model` interface, so that everything around it is real. */

import { ChatKitError } from '@millrace/protocol'
import type { Model, ModelRequest, ModelResponse, StreamEvent } from '@openai/agents'
import { collectResponse, ResponseStream } from '../response-stream.ts'
import { pause, tokens } from './pace.ts'
import { play } from './scenes.ts'
import { readTurn } from './turn.ts'

export interface DemoModelOptions {
  /** Pause before each token, in milliseconds; 0 for none. Default 25, about as fast as people read. */
  tokenDelayMs?: number
}

/** The name under which the demo model is configured and shown. */
export const DEMO_MODEL_NAME = 'demo'

/**
 * A model that needs no key, no download and no network. It says that it is a demo, and shows each capability when asked
 * for it by name; it acts by calling the agent's tools, see `DEMO_TOOLS`. An abort ends it at once.
 */
export function demoModel(options: DemoModelOptions = {}): Model {
  const { tokenDelayMs = 25 } = options
  return {
    /** Without pauses: nobody watches an answer that comes as a whole. */
    getResponse: (request: ModelRequest): Promise<ModelResponse> => collectResponse(perform(request, 0)),
    getStreamedResponse: (request: ModelRequest): AsyncIterable<StreamEvent> => perform(request, tokenDelayMs),
  }
}

async function* perform(request: ModelRequest, tokenDelayMs: number): AsyncGenerator<StreamEvent> {
  const { signal } = request
  const response = new ResponseStream(DEMO_MODEL_NAME)
  let spoken = 0
  await pause(0, signal)
  yield* response.start()
  for (const step of play(readTurn(request))) {
    if ('say' in step) {
      for (const token of tokens(step.say)) {
        await pause(tokenDelayMs, signal)
        spoken++
        yield* response.text(token)
      }
    } else if ('think' in step) {
      for (const token of tokens(step.think)) {
        await pause(tokenDelayMs, signal)
        yield* response.thought(token)
      }
      yield* response.endItem()
    } else if ('call' in step) {
      await pause(tokenDelayMs, signal)
      yield* response.functionCall(step.call, JSON.stringify(step.arguments))
    } else {
      throw new ChatKitError('model_error', step.fail)
    }
  }
  yield* response.finish({ input: inputTokens(request), output: spoken })
}

/** An estimate at four characters to a token: the demo's usage figures only have to look like some. */
function inputTokens(request: ModelRequest): number {
  const input = typeof request.input === 'string' ? request.input : JSON.stringify(request.input)
  return Math.ceil((input.length + (request.systemInstructions?.length ?? 0)) / 4)
}
