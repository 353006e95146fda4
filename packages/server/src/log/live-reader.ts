/**
 * One reading of a run, live: it takes what is there, and waits to be woken for more. Written out instead of as an async
 * generator, which takes four promises more for each batch, and a paced answer has a batch for every token.
 */
import type { RunEntry } from './run-log.ts'

/** A batch, `wait` while there is none, or `over`. */
export type Taken = RunEntry[] | 'wait' | 'over'

export interface LiveReaderOptions {
  /** Last seq that the reader has seen. */
  after: number
  signal: AbortSignal
  /**
   * The next batch after a seq. What it throws ends the reading. Where it has to be fetched it is a promise; after one
   * that comes to `wait`, it is asked once more.
   */
  take(after: number): Taken | Promise<Taken>
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
  #isFetching = false
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
    if (!this.#waiting) return
    if (this.#isOver || this.#options.signal.aborted) return this.#settle('over')
    if (this.#isFetching) return
    let taken: Taken | Promise<Taken>
    try {
      taken = this.#options.take(this.#after)
    } catch (error) {
      return this.#fail(error)
    }
    if (taken instanceof Promise) this.#fetch(taken)
    else if (taken !== 'wait') this.#settle(taken)
  }

  #fetch(fetched: Promise<Taken>): void {
    this.#isFetching = true
    fetched.then(
      (taken) => {
        this.#isFetching = false
        if (this.#isOver || taken === 'wait') this.wake()
        else this.#settle(taken)
      },
      (error: unknown) => {
        this.#isFetching = false
        if (this.#isOver) this.wake()
        else this.#fail(error)
      },
    )
  }

  #settle(taken: RunEntry[] | 'over'): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (taken === 'over') {
      this.#leave()
      waiting?.resolve(DONE)
      return
    }
    const last = taken.at(-1)
    if (last) this.#after = last.seq
    if (last && 'end' in last) this.#leave()
    waiting?.resolve({ value: taken, done: false })
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#leave()
    waiting?.reject(error)
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
