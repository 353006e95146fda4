/** Owns the thread of one model: starts it, speaks its messages, notices when it dies, ends it in good order. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { throwIfAborted } from '../abort.ts'
import type {
  FromThread,
  Generation,
  GenerationEnd,
  GgufInfo,
  LoadFailure,
  Said,
  ThreadStart,
  ToThread,
} from './messages.ts'

export interface ThreadOptions {
  engineUrl: string
  modelPath: string
  contextTokens: number
}

/** Thrown by `load`. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly why: LoadFailure | 'died'

  constructor(why: LoadFailure | 'died', message: string) {
    super(message)
    this.why = why
  }
}

/** What a generation gives, in the order in which it happens; `ended` is the last. */
export type Produced = { said: Said[] } | { reading: number } | { ended: GenerationEnd }

/** How long an ending process waits for the engine; disposing takes about 0.1 s, a portion of the input up to 1 s. */
const DISPOSE_MS = 5000

/**
 * One core is left to everything else, this process's event loop among it: the engine's threads wait for each other by
 * spinning, so that one which has to share its core holds up all. Measured on two cores, one of them busy, SmolLM2-135M:
 * two threads 3 tokens a second, one thread 87.
 */
const THREADS = Math.max(1, availableParallelism() - 1)

interface Running {
  id: number
  /** Not yet taken; bounded by the tokens of one context. */
  produced: Produced[]
  /** Wakes whoever waits for more. */
  wake: () => void
  /** Resolves when the thread has really stopped. */
  over: Promise<void>
  settle: () => void
}

export class LlamaThread {
  readonly #options: ThreadOptions
  readonly #disposed = new Int32Array(new SharedArrayBuffer(4))
  #worker: Worker | undefined
  #loaded: Promise<GgufInfo> | undefined
  #running: Running | undefined
  #nextId = 1

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  /** Starts the thread and loads the model, once; after the thread has died, anew. Throws a `LoadError`. */
  load(): Promise<GgufInfo> {
    this.#loaded ??= this.#start()
    return this.#loaded
  }

  /**
   * Generates one answer; the caller sees to it that there is no other. Leaving early stops the generation, an abort does
   * so and throws an `AbortError` at once; `idle` says when the thread is free for the next.
   */
  async *generate(generation: Omit<Generation, 'id'>, signal: AbortSignal | undefined): AsyncGenerator<Produced> {
    await this.load()
    throwIfAborted(signal)
    const running = this.#begin(generation)
    const stop = () => {
      this.#post({ type: 'stop', id: running.id })
      running.wake()
    }
    signal?.addEventListener('abort', stop, { once: true })
    let ended = false
    try {
      while (!ended) {
        const batch = running.produced
        running.produced = []
        for (const produced of batch) {
          ended = 'ended' in produced
          yield produced
        }
        throwIfAborted(signal)
        if (running.produced.length === 0 && !ended) await new Promise<void>((resolve) => (running.wake = resolve))
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      if (!ended) this.#post({ type: 'stop', id: running.id })
    }
  }

  /** Resolves when nothing is being generated. */
  async idle(): Promise<void> {
    await this.#running?.over
  }

  /** Stops what runs and ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.ref()
    this.#post({ type: 'close' })
    await gone
  }

  #begin(generation: Omit<Generation, 'id'>): Running {
    const id = this.#nextId++
    let settle = () => {}
    const over = new Promise<void>((resolve) => (settle = resolve))
    const running: Running = { id, produced: [], wake: () => {}, over, settle }
    this.#running = running
    this.#worker?.ref()
    this.#post({ type: 'generate', generation: { ...generation, id } })
    return running
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message)
  }

  #start(): Promise<GgufInfo> {
    const workerData: ThreadStart = { ...this.#options, maxThreads: THREADS, disposed: this.#disposed }
    Atomics.store(this.#disposed, 0, 0)
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData, name: 'gguf' })
    this.#worker = worker
    process.on('exit', this.#disposeAtExit)
    return new Promise((resolve, reject) => {
      let reason = 'it ended by itself'
      worker.on('message', (message: FromThread) => {
        if (message.type === 'loaded') resolve(message.info)
        else if (message.type === 'not_loaded') reject(new LoadError(message.why, message.message))
        else this.#receive(message)
        if (this.#running === undefined) worker.unref()
      })
      worker.on('error', (error) => {
        reason = String(error)
      })
      worker.on('exit', () => {
        process.off('exit', this.#disposeAtExit)
        reject(new LoadError('died', reason))
        this.#worker = undefined
        this.#loaded = undefined
        this.#end({ reason: 'failed', message: `The model's thread died: ${reason}`, input: 0, output: 0 })
      })
    })
  }

  #receive(message: Extract<FromThread, { id: number }>): void {
    const running = this.#running
    if (running?.id !== message.id) return
    if (message.type === 'ended') {
      this.#end(message.end)
      return
    }
    running.produced.push(message.type === 'said' ? { said: message.pieces } : { reading: message.share })
    running.wake()
  }

  #end(end: GenerationEnd): void {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    running.produced.push({ ended: end })
    running.wake()
    running.settle()
  }

  /**
   * A process that exits while the engine works, or even only holds a model, is aborted by it (node-llama-cpp 3.22:
   * "terminate called after throwing an instance of 'Napi::Error'"), and so is one that terminates the thread. So the
   * exit waits until the thread has disposed of the engine.
   */
  readonly #disposeAtExit = () => {
    this.#post({ type: 'close' })
    Atomics.wait(this.#disposed, 0, 0, DISPOSE_MS)
  }
}
