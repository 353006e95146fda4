/** A GGUF file in this process as a model of the Agents SDK. */
import { basename, dirname, resolve } from 'node:path'
import { ChatKitError } from '@millrace/protocol'
import type { Model, ModelRequest, ModelResponse, StreamEvent } from '@openai/agents'
import { abortError, throwIfAborted } from '../abort.ts'
import { modelProgress } from '../progress-event.ts'
import { collectResponse, ResponseStream } from '../response-stream.ts'
import { findEngine } from './engine.ts'
import { checkGgufFile } from './gguf-file.ts'
import { LlamaThread, LoadError } from './llama-thread.ts'
import type { GenerationEnd, GgufInfo, Said } from './messages.ts'
import { Queue } from './queue.ts'
import { toChatFunctions, toChatHistory } from './to-chat-history.ts'

export interface GgufModelOptions {
  /** The GGUF file. */
  path: string
  /** Largest context, in tokens: history and answer together. Default 4096; what the model was trained for limits it. */
  contextTokens?: number
  /** How many answers may wait for their turn before a further one is `unavailable`. Default 16. */
  maxWaiting?: number
  /** Further folders to look for node-llama-cpp in, after this package's and the model file's. */
  engineFolders?: readonly string[]
}

/** Sampling where the agent's settings name none: small models go round in circles without chance, and astray with much. */
const TEMPERATURE = 0.3
const TOP_P = 0.9

/**
 * Checks and loads a model. It answers one request at a time, in a thread of its own; the others wait in a line and tell
 * their place by progress updates. Throws `not_configured`, with what to do, for a file that is missing, no GGUF file,
 * too large or damaged, and where node-llama-cpp is missing.
 */
export async function loadGgufModel(options: GgufModelOptions): Promise<GgufModel> {
  const { contextTokens = 4096, maxWaiting = 16, engineFolders = [] } = options
  const modelPath = resolve(options.path)
  await checkGgufFile(modelPath)
  const engineUrl = findEngine([dirname(modelPath), ...engineFolders])
  const thread = new LlamaThread({ engineUrl, modelPath, contextTokens })
  const info = await thread.load().catch(async (error: unknown) => {
    await thread.close()
    throw new ChatKitError('not_configured', loadMessage(modelPath, error), { cause: error })
  })
  return new GgufModel(basename(modelPath).replace(/\.gguf$/i, ''), info, thread, maxWaiting)
}

export class GgufModel implements Model {
  /** The file's name without its ending. */
  readonly name: string
  readonly info: GgufInfo
  readonly #thread: LlamaThread
  readonly #queue: Queue

  constructor(name: string, info: GgufInfo, thread: LlamaThread, maxWaiting: number) {
    this.name = name
    this.info = info
    this.#thread = thread
    this.#queue = new Queue(maxWaiting)
  }

  getResponse(request: ModelRequest): Promise<ModelResponse> {
    return collectResponse(this.getStreamedResponse(request))
  }

  async *getStreamedResponse(request: ModelRequest): AsyncGenerator<StreamEvent> {
    throwIfAborted(request.signal)
    const ticket = this.#queue.join()
    let generating = false
    try {
      for await (const ahead of ticket.ahead(request.signal))
        yield modelProgress({ text: placeText(ahead), icon: 'clock' })
      generating = true
      yield* this.#answer(request)
    } finally {
      // The answer may have been left or stopped: the next one's turn comes when the thread has really stopped.
      if (generating) void this.#thread.idle().then(ticket.leave)
      else ticket.leave()
    }
  }

  /** Stops what runs and gives the model's memory back. A later request loads it again. */
  close(): Promise<void> {
    return this.#thread.close()
  }

  async *#answer(request: ModelRequest): AsyncGenerator<StreamEvent> {
    const { signal, modelSettings } = request
    const { callsTools } = this.info
    const functions = callsTools && modelSettings.toolChoice !== 'none' ? toChatFunctions(request) : undefined
    const response = new ResponseStream(this.name)
    yield* response.start()
    const generation = {
      history: toChatHistory(request, callsTools),
      ...(functions && { functions }),
      ...(modelSettings.maxTokens !== undefined && { maxTokens: modelSettings.maxTokens }),
      temperature: modelSettings.temperature ?? TEMPERATURE,
      topP: modelSettings.topP ?? TOP_P,
    }
    try {
      for await (const produced of this.#thread.generate(generation, signal)) {
        if ('said' in produced) {
          for (const piece of produced.said) yield* sayPiece(response, piece)
        } else if ('reading' in produced) {
          yield modelProgress({ text: readingText(produced.reading), icon: 'notebook' })
        } else {
          failUnlessWhole(produced.ended, this.info)
          yield* response.finish(produced.ended)
        }
      }
    } catch (error) {
      if (!(error instanceof LoadError)) throw error
      // The thread had died and could not be started again: why is for the log, not for the user.
      throw new ChatKitError('model_error', 'The local model could not be loaded again. Restart the server.', {
        cause: error,
      })
    }
  }
}

function sayPiece(response: ResponseStream, piece: Said): StreamEvent[] {
  if ('text' in piece) return response.text(piece.text)
  if ('thought' in piece) return response.thought(piece.thought)
  return response.functionCall(piece.call, piece.json)
}

/** Throws what a person should read when an answer did not come to its own end; what was said before stays. */
function failUnlessWhole(end: GenerationEnd, { contextTokens }: GgufInfo): void {
  switch (end.reason) {
    case 'complete':
    case 'max_tokens':
      return
    case 'stopped':
      throw abortError(undefined)
    case 'context_full':
      throw new ChatKitError(
        'output_too_long',
        `The answer was cut off: this model holds ${contextTokens} tokens of conversation, and they are used up. Ask for the rest, or for something shorter.`,
      )
    case 'input_too_long':
      throw new ChatKitError(
        'output_too_long',
        `The message has ${end.input} tokens, and this model holds ${contextTokens} with its answer. Send a shorter message.`,
      )
    case 'failed':
      throw new ChatKitError('model_error', 'The local model failed. Try again; the server log says why.', {
        cause: new Error(end.message),
      })
    default:
      end satisfies never
  }
}

function placeText(ahead: number): string {
  return ahead === 1
    ? 'Waiting for the local model: yours is the next answer'
    : `Waiting for the local model: ${ahead} answers are ahead of yours`
}

const readingText = (share: number) => `Reading the conversation (${Math.round(share * 100)} %)`

function loadMessage(path: string, error: unknown): string {
  const why = error instanceof LoadError ? error.why : 'died'
  const said = error instanceof Error ? error.message : String(error)
  switch (why) {
    case 'no_binary':
      return `node-llama-cpp has no working binary for this computer (${process.platform} ${process.arch}): ${said}. Use a model service instead (OPENAI_BASE_URL), or install node-llama-cpp so that it runs here.`
    case 'no_memory':
      return `The model "${path}" does not fit into this computer's memory. Take a smaller model or a stronger quantisation (Q4 instead of Q8).`
    case 'bad_file':
      return `The model "${path}" could not be loaded: ${said}. The file may be cut off or damaged: fetch it again, or get a small one with \`millrace model pull\`.`
    case 'died':
      return `The engine ended while it loaded the model "${path}": ${said}. Try another model file.`
    default:
      return why satisfies never
  }
}
