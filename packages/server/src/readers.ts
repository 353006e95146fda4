/** Who reads which run: counted, bounded, and told to the observer. */
import { ChatKitError } from '@millrace/protocol'
import type { RunEntry, RunInfo, RunLog } from './log/run-log.ts'
import type { RunObserver } from './options.ts'

export interface ReadersOptions {
  log: Pick<RunLog, 'read'>
  observer: RunObserver
  /** Readers that one run's owner may have on it in this process. */
  maxReaders: number
}

export class Readers {
  readonly #options: ReadersOptions
  /** By run id; a run belongs to one user, and nobody else may read it. */
  readonly #counts = new Map<string, number>()

  constructor(options: ReadersOptions) {
    this.#options = options
  }

  /**
   * Reads a run, as `RunLog.read` does. The reader counts from now until it has finished or `signal` is aborted.
   * @throws ChatKitError at once: `rate_limited` where the run has as many readers as it may
   */
  read(run: RunInfo, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]> {
    const { log, observer, maxReaders } = this.#options
    const { runId } = run
    const count = this.#counts.get(runId) ?? 0
    if (count >= maxReaders) {
      throw new ChatKitError(
        'rate_limited',
        `This answer is being followed ${maxReaders} times already. Close some of the tabs or connections that show it.`,
        { retryAfterMs: 1000 },
      )
    }
    this.#counts.set(runId, count + 1)
    const reader = observer.readerCame?.(run, after)
    let isHere = true
    const leave = () => {
      if (!isHere) return
      isHere = false
      signal.removeEventListener('abort', leave)
      this.#leave(runId)
      reader?.left()
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    return new CountedReading(log.read(runId, after, signal), leave)
  }

  #leave(runId: string): void {
    const count = (this.#counts.get(runId) ?? 1) - 1
    if (count > 0) this.#counts.set(runId, count)
    else this.#counts.delete(runId)
  }
}

/** Hands batches on as they are, without a generator between, and says when the last one was. */
class CountedReading implements AsyncIterableIterator<RunEntry[]> {
  readonly #source: AsyncIterable<RunEntry[]>
  readonly #left: () => void
  #iterator: AsyncIterator<RunEntry[]> | undefined

  constructor(source: AsyncIterable<RunEntry[]>, left: () => void) {
    this.#source = source
    this.#left = left
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<RunEntry[]>> {
    this.#iterator ??= this.#source[Symbol.asyncIterator]()
    const next = this.#iterator.next()
    next.then(this.#look, this.#left)
    return next
  }

  async return(): Promise<IteratorResult<RunEntry[]>> {
    this.#left()
    await this.#iterator?.return?.()
    return { done: true, value: undefined }
  }

  readonly #look = (result: IteratorResult<RunEntry[]>): void => {
    if (result.done) this.#left()
  }
}
