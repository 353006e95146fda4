// @ts-check
/**
 * The thread in which a GGUF model runs, so that neither sampling nor template rendering holds up the server's event
 * loop. Plain JavaScript with checked types: Node 20 cannot load TypeScript into a thread, and tests run on the sources.
 * It is told by `ToThread` messages what to do and answers by `FromThread` messages; one generation runs at a time.
 */
import { parentPort, workerData } from 'node:worker_threads'

/**
 * @import { FromThread, Generation, GenerationEnd, LoadFailure, Said, ThreadStart, ToThread } from './messages.ts'
 * @import { ChatItem, Llama, LlamaChat, LlamaContext, LlamaModel, LlamaModule, LlamaSequence } from './llama-binding.ts'
 */

/** Pieces wait this long for company before they are sent. Below what a person notices, above what a token takes. */
const BATCH_MS = 5
/** The input is read in portions which aim at this time, because a stop is heard only between two of them. */
const PORTION_MS = 400
/** Tokens kept free for the template's own marks at the end of an answer. */
const MARGIN_TOKENS = 8
/** An answer that has to be shorter than this, and was not asked to be, is not worth beginning. */
const MIN_ANSWER_TOKENS = 64

/**
 * Against going round in circles, which small models do: the first makes recent words less likely, the second whole
 * phrases. Its default breakers (line ends, colons …) are left out, because circles go through them, too.
 */
const REPEAT_PENALTY = { penalty: 1.1, lastTokens: 128, penalizeNewLine: false }
const PHRASE_PENALTY = { strength: 0.8, allowedLength: 4, lastTokens: 512, sequenceBreakers: [] }

/** @type {ThreadStart} */
const start = workerData

if (parentPort === null) throw new Error('This file runs as a worker thread only.')
const port = parentPort

/** @param {FromThread} message */
const tell = (message) => port.postMessage(message)

/** @type {Llama | undefined} */
let llama
/** @type {LoadedModel | undefined} */
let loaded
/** @type {{ id: number, stop: AbortController, ended: Promise<void> } | undefined} */
let running

port.on('message', (/** @type {ToThread} */ message) => {
  if (message.type === 'close') void close()
  else if (message.type === 'stop' && running?.id === message.id) running.stop.abort()
  else if (message.type === 'generate' && loaded !== undefined) {
    const stop = new AbortController()
    const { id } = message.generation
    running = { id, stop, ended: answer(loaded, message.generation, stop.signal) }
  }
})

const loading = load()

/** @typedef {{ model: LlamaModel, context: LlamaContext, sequence: LlamaSequence, chat: LlamaChat }} LoadedModel */

async function close() {
  running?.stop.abort()
  await running?.ended
  await loading
  await llama?.dispose()
  Atomics.store(start.disposed, 0, 1)
  Atomics.notify(start.disposed, 0)
  port.close()
}

async function load() {
  /** @type {LlamaModule | undefined} */
  let engine
  try {
    engine = /** @type {LlamaModule} */ (await import(start.engineUrl))
    llama = await engine.getLlama({
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: 'error',
      maxThreads: start.maxThreads,
    })
    const model = await llama.loadModel({ modelPath: start.modelPath })
    const context = await model.createContext({
      contextSize: { max: Math.min(start.contextTokens, model.trainContextSize) },
      sequences: 1,
    })
    const sequence = context.getSequence()
    const chat = new engine.LlamaChat({ contextSequence: sequence })
    const template = model.fileInfo.metadata.tokenizer?.chat_template
    const callsTools = typeof template === 'string' && /\btools\b/.test(template)
    loaded = { model, context, sequence, chat }
    tell({ type: 'loaded', info: { contextTokens: context.contextSize, callsTools } })
  } catch (error) {
    /** @type {LoadFailure} */
    let why = 'bad_file'
    if (engine === undefined || llama === undefined) why = 'no_binary'
    else if (error instanceof engine.InsufficientMemoryError) why = 'no_memory'
    tell({ type: 'not_loaded', why, message: String(error) })
  }
}

/**
 * @param {LoadedModel} model
 * @param {Generation} generation
 * @param {AbortSignal} signal
 */
async function answer(model, generation, signal) {
  const { id } = generation
  /** @type {GenerationEnd} */
  let end = { reason: 'stopped', input: 0, output: 0 }
  try {
    const { history, input } = makeRoom(model, generation)
    end.input = input.length
    const room = model.context.contextSize - input.length - MARGIN_TOKENS
    if (room < Math.min(generation.maxTokens ?? MIN_ANSWER_TOKENS, MIN_ANSWER_TOKENS))
      end = { ...end, reason: 'input_too_long' }
    else if (await read(model, input, id, signal)) end = await say(model, generation, history, { end, room, signal })
  } catch (error) {
    end = { ...end, reason: 'failed', message: String(error) }
  }
  running = undefined
  tell({ type: 'ended', id, end })
}

/**
 * The newest part of the history that leaves room for an answer, and its tokens. Whole turns are dropped, oldest first;
 * the system text and the last turn always stay. A turn begins with what the user says.
 * @param {LoadedModel} model
 * @param {Generation} generation
 */
function makeRoom({ model, context, chat }, { history, functions, maxTokens }) {
  const reserved = Math.min(maxTokens ?? Infinity, Math.floor(context.contextSize / 4)) + MARGIN_TOKENS
  /** @param {ChatItem[]} items */
  const render = (items) =>
    chat.chatWrapper
      .generateContextState({
        chatHistory: items,
        documentFunctionParams: true,
        ...(functions && { availableFunctions: functions }),
      })
      .contextText.tokenize(model.tokenizer)

  const system = history.filter((item) => item.type === 'system')
  /** @type {ChatItem[]} */
  const rest = history.filter((item) => item.type !== 'system')
  if (rest.at(-1)?.type !== 'model') rest.push({ type: 'model', response: [] })
  const turns = rest.flatMap((item, index) => (item.type === 'user' ? [index] : []))

  /** @param {number} dropped How many of the oldest turns to leave out. */
  const attempt = (dropped) => {
    const kept = [...system, ...rest.slice(dropped === 0 ? 0 : turns[dropped])]
    const input = render(kept)
    return { history: kept, input, fits: input.length + reserved <= context.contextSize }
  }
  const whole = attempt(0)
  if (whole.fits || turns.length < 2) return whole
  // By bisection: rendering the history once for each dropped turn would be quadratic.
  let [low, high] = [1, turns.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (attempt(middle).fits) high = middle
    else low = middle + 1
  }
  return attempt(low)
}

/**
 * Reads the input into the context, all but its last token, which `generateResponse` needs to go on from. What the
 * context already holds of it (the turns before, as a rule) is not read again. False if stopped meanwhile.
 * @param {LoadedModel} model
 * @param {number[]} input
 * @param {number} id
 * @param {AbortSignal} signal
 */
async function read({ sequence }, input, id, signal) {
  await sequence.adaptStateToTokens(input.slice(0, -1), false)
  const from = sequence.nextTokenIndex
  let portion = 32
  let toldAt = Date.now()
  for (let at = from; at < input.length - 1; at = sequence.nextTokenIndex) {
    if (signal.aborted) return false
    const startedAt = Date.now()
    const end = Math.min(at + portion, input.length - 1)
    await sequence.evaluateWithoutGeneratingNewTokens(input.slice(at, end))
    const tokensPerMs = (end - at) / Math.max(1, Date.now() - startedAt)
    portion = Math.min(512, Math.max(8, Math.round(tokensPerMs * PORTION_MS)))
    if (Date.now() - toldAt < 1000) continue
    toldAt = Date.now()
    tell({ type: 'reading', id, share: (end - from) / (input.length - 1 - from) })
  }
  return !signal.aborted
}

/**
 * @param {LoadedModel} model
 * @param {Generation} generation
 * @param {ChatItem[]} history
 * @param {{ end: GenerationEnd, room: number, signal: AbortSignal }} at
 * @returns {Promise<GenerationEnd>}
 */
async function say({ chat }, { id, functions, maxTokens, temperature, topP, seed }, history, { end, room, signal }) {
  const outbox = batching(id)
  let output = 0
  const response = await chat.generateResponse(history, {
    signal,
    stopOnAbortSignal: true,
    maxTokens: Math.min(maxTokens ?? Infinity, room),
    temperature,
    topP,
    ...(seed !== undefined && { seed }),
    repeatPenalty: REPEAT_PENALTY,
    dryRepeatPenalty: PHRASE_PENALTY,
    ...(functions && { functions }),
    documentFunctionParams: true,
    // The input was made to fit: nothing has to be shifted out, whatever the default share would be.
    contextShift: { size: 1 },
    onResponseChunk(chunk) {
      output += chunk.tokens.length
      if (chunk.text === '' || chunk.segmentType === 'comment') return
      outbox.add(chunk.segmentType === 'thought' ? { thought: chunk.text } : { text: chunk.text })
    },
  })
  for (const { functionName, params } of response.functionCalls ?? []) {
    outbox.add({ call: functionName, json: JSON.stringify(params ?? {}) })
  }
  outbox.flush()
  const { stopReason } = response.metadata
  if (signal.aborted) return { ...end, output, reason: 'stopped' }
  if (stopReason !== 'maxTokens') return { ...end, output, reason: 'complete' }
  return { ...end, output, reason: maxTokens !== undefined && maxTokens <= room ? 'max_tokens' : 'context_full' }
}

/**
 * Sends pieces at once after a silence, else together with what comes within `BATCH_MS`.
 * @param {number} id
 */
function batching(id) {
  /** @type {Said[]} */
  let pieces = []
  let sentAt = 0
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  function flush() {
    clearTimeout(timer)
    timer = undefined
    if (pieces.length === 0) return
    tell({ type: 'said', id, pieces })
    pieces = []
    sentAt = performance.now()
  }
  return {
    /** @param {Said} piece */
    add(piece) {
      pieces.push(piece)
      if (performance.now() - sentAt >= BATCH_MS) flush()
      else timer ??= setTimeout(flush, BATCH_MS)
    },
    flush,
  }
}
