/**
 * One reading of a run that is written in this process. Written out instead of as an async generator, which takes four
 * promises more for each batch, and a paced answer has a batch for every token.
 */
import type { RunEntry } from './run-log.ts'

export interface LiveReaderOptions {
  /** Last seq that the reader has seen. */
  after: number
  signal: AbortSignal
  /** The next batch after a seq, `wait` while there is none, or `over`. What it throws ends the reading. */
  take(after: number): RunEntry[] | 'wait' | 'over'
  /** The reader is to be woken when `take` may give something else than `wait`, until it leaves. */
  join(reader: LiveReader): void
  leave(reader: LiveReader): void
}

type Result = IteratorResult<RunEntry[], undefined>

const DONE: Result = { value: undefined, done: true }

export class LiveReader implements AsyncIterableIterator<RunEntry[], undefined> {
  readonly #options: LiveReaderOptions
  #after: number
  #isJoined = false
  #isOver = false
  #waiting: { resolve: (result: Result) => void; reject: (error: unknown) => void } | undefined

  constructor(options: LiveReaderOptions) {
    this.#options = options
    this.#after = options.after
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Result> {
    this.#join()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.wake()
    })
  }

  return(): Promise<Result> {
    this.#leave()
    this.wake()
    return Promise.resolve(DONE)
  }

  /** Looks for what there is now, where somebody waits for it. */
  readonly wake = (): void => {
    const waiting = this.#waiting
    if (!waiting) return
    let result: Result | undefined
    try {
      result = this.#take()
    } catch (error) {
      this.#waiting = undefined
      this.#leave()
      waiting.reject(error)
      return
    }
    if (!result) return
    this.#waiting = undefined
    waiting.resolve(result)
  }

  #take(): Result | undefined {
    const batch = this.#isOver || this.#options.signal.aborted ? 'over' : this.#options.take(this.#after)
    if (batch === 'wait') return undefined
    if (batch === 'over') {
      this.#leave()
      return DONE
    }
    const last = batch.at(-1)
    if (last) this.#after = last.seq
    if (last && 'end' in last) this.#leave()
    return { value: batch, done: false }
  }

  #join(): void {
    if (this.#isJoined) return
    this.#isJoined = true
    if (this.#isOver) return
    // One listener for the whole reading: adding one for each wait costs as much as a batch.
    this.#options.signal.addEventListener('abort', this.wake, { once: true })
    this.#options.join(this)
  }

  #leave(): void {
    this.#isOver = true
    this.#options.signal.removeEventListener('abort', this.wake)
    this.#options.leave(this)
  }
}
