/**
 * A run whose writer lives in this process: what was appended, how much of it readers may see, and who waits for more.
 * The log that owns it says when appended entries have become durable (`publish`), or could not (`fail`).
 */
import { ChatKitError } from '@millrace/protocol'
import { LiveReader } from './live-reader.ts'
import { takenOver, unknownRun } from './refusals.ts'
import type { RunEnd, RunEntry, RunInfo, RunWriter, WriterLoss } from './run-log.ts'

/** Bytes of a batch at most, unless one entry alone is larger. */
export const MAX_BATCH_BYTES = 256 * 1024

/** Bytes that a run may hold. */
export const MAX_RUN_BYTES = 32 * 1024 * 1024

export interface LiveRunOptions {
  /** As readers see it; owned by the run from now on. */
  info: RunInfo
  maxBytes: number
  now: () => number
  /** Called once when there is something to publish, and not again before `publish`. */
  schedule: () => void
  /** Called when the run is given back: the log forgets it. */
  abandon: () => void
}

/** Entries that are written and read together. */
export interface LiveBatch {
  entries: RunEntry[]
  /** Of their data. */
  bytes: number
}

interface Waiter<T> {
  resolve: (value: T) => void
  reject: (error: unknown) => void
}

export class LiveRun implements RunWriter {
  readonly info: RunInfo
  readonly #now: () => number
  readonly #schedule: () => void
  readonly #abandon: () => void
  readonly #maxBytes: number
  readonly #controller = new AbortController()

  /** The entries in memory: first the visible ones that are kept, then those that wait to be published. */
  readonly #entries: RunEntry[] = []
  /** For each of them the bytes of the run up to and including it. */
  readonly #ends: number[] = []
  /** Seq of the first entry in memory, had or to come. */
  #firstSeq: number
  /** Bytes of the run before `#firstSeq`. */
  #droppedBytes = 0
  /** Bytes of the run up to the last visible entry. */
  #visibleBytes = 0
  #bytes = 0
  #roof: number
  #tokens: number
  #lastSeq: number
  #isTooLong = false
  #isClosed = false
  #isScheduled = false
  /** Whether the log has forgotten the run. */
  #isGone = false
  /** What readers get when there is nothing more to see and the end can't be shown. */
  #trouble: ChatKitError | undefined
  #flushes: Waiter<void>[] = []
  #stops: Waiter<RunEnd>[] = []
  readonly #readers = new Set<LiveReader>()

  constructor({ info, maxBytes, now, schedule, abandon }: LiveRunOptions) {
    this.info = info
    this.#firstSeq = info.lastSeq + 1
    this.#lastSeq = info.lastSeq
    this.#tokens = info.tokens
    this.#maxBytes = maxBytes
    this.#roof = maxBytes
    this.#now = now
    this.#schedule = schedule
    this.#abandon = abandon
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get waitingBytes(): number {
    return this.#bytes - this.#visibleBytes
  }

  /** Whether the writer has ended the run, visible or not yet. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  append(data: string, kind?: 'token' | 'ours'): void {
    if (this.#isClosed || (this.#isTooLong && kind === 'token')) return
    const bytes = Buffer.byteLength(data)
    if (this.#bytes + bytes > this.#roof) {
      if (this.#isTooLong) return
      // The entries that close the answer repeat its text at most once, so this much more always holds them.
      this.#roof = 2 * this.#maxBytes
      this.#isTooLong = true
      this.#controller.abort('too_long' satisfies WriterLoss)
      return
    }
    const seq = ++this.#lastSeq
    if (kind === 'token') {
      this.#tokens += 1
      this.info.firstTokenAt ??= this.#now()
    }
    this.#push(
      kind === 'ours' ? { seq, tokens: this.#tokens, data, ours: true } : { seq, tokens: this.#tokens, data },
      bytes,
    )
  }

  flush(): Promise<void> {
    if (this.#lastSeq === this.info.lastSeq) return Promise.resolve()
    if (this.#isClosed && this.signal.reason === 'lost') return Promise.reject(takenOver())
    return new Promise((resolve, reject) => this.#flushes.push({ resolve, reject }))
  }

  end(end: RunEnd): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      const seq = ++this.#lastSeq
      this.#push({ seq, tokens: this.#tokens, end }, 0)
    } else if (this.signal.reason === 'lost') {
      return Promise.reject(takenOver())
    }
    return this.flush()
  }

  async abandon(): Promise<void> {
    if (this.#lastSeq > 0) throw new ChatKitError('server_error', 'A run that has entries is ended, not given back.')
    this.#abandon()
    this.vanish()
  }

  /** Where nobody can take the run over unnoticed: a log of several nodes asks its lease instead. */
  hold(): Promise<void> {
    return this.signal.reason === 'lost' ? Promise.reject(takenOver()) : Promise.resolve()
  }

  #push(entry: RunEntry, bytes: number): void {
    this.#bytes += bytes
    this.#entries.push(entry)
    this.#ends.push(this.#bytes)
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#schedule()
  }

  /** Resolves with the end once readers can see it; rejects when that can't be. */
  ended(): Promise<RunEnd> {
    if (this.info.end) return Promise.resolve(this.info.end)
    if (this.#trouble) return Promise.reject(this.#trouble)
    return new Promise((resolve, reject) => this.#stops.push({ resolve, reject }))
  }

  /** Asks the writer to stop. */
  stop(): void {
    this.info.stopping = true
    this.#controller.abort('stopped' satisfies WriterLoss)
  }

  /** What waits to be published. */
  unpublished(): LiveBatch[] {
    const batches: LiveBatch[] = []
    const end = this.#entries.length
    for (let start = this.#visibleCount; start < end; ) {
      const stop = this.#batchEnd(start, end)
      const bytes = this.#bytesBefore(stop) - this.#bytesBefore(start)
      batches.push({ entries: this.#entries.slice(start, stop), bytes })
      start = stop
    }
    return batches
  }

  /** All that was appended is durable: readers may see it. Of what they could see before, about `keepBytes` stay in memory. */
  publish(keepBytes: number): void {
    // At twice the bound, so that the cost of moving the rest is spread over as much as was appended.
    if (this.#visibleBytes - this.#droppedBytes > 2 * keepBytes) this.#drop(this.#visibleBytes - keepBytes)
    this.#isScheduled = false
    this.info.lastSeq = this.#lastSeq
    this.info.tokens = this.#tokens
    this.#visibleBytes = this.#bytes
    this.#trouble = undefined
    const last = this.#entries.at(-1)
    if (last && 'end' in last) {
      this.info.end = last.end
      delete this.info.stopping
      for (const { resolve } of this.#stops.splice(0)) resolve(last.end)
    }
    if (this.#flushes.length > 0) for (const { resolve } of this.#flushes.splice(0)) resolve()
    this.#wakeReaders()
  }

  /** What was appended could not be made durable; it stays, and a later `publish` may still show it. */
  fail(error: ChatKitError): void {
    this.#controller.abort('unavailable' satisfies WriterLoss)
    for (const { reject } of this.#flushes.splice(0)) reject(error)
    if (this.#isClosed) this.#leaveReaders(error)
  }

  /** Shuts the writer out for good; readers, who can't see an end here, get the error. */
  lose(error: ChatKitError): void {
    this.#shut(error)
    this.#leaveReaders(error)
  }

  /** The log has forgotten the run: readers finish. */
  vanish(): void {
    this.#isGone = true
    this.#shut(unknownRun())
    this.#leaveReaders(unknownRun())
  }

  #shut(error: ChatKitError): void {
    this.#isClosed = true
    this.#controller.abort('lost' satisfies WriterLoss)
    for (const { reject } of this.#flushes.splice(0)) reject(error)
  }

  #leaveReaders(error: ChatKitError): void {
    this.#trouble = error
    for (const { reject } of this.#stops.splice(0)) reject(error)
    this.#wakeReaders()
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) reader.wake()
  }

  /**
   * The `read` of a log, for this run. `load` fetches what is no longer in memory: the first entries after a seq.
   */
  read(after: number, signal: AbortSignal, load: (after: number) => RunEntry[]): AsyncIterable<RunEntry[]> {
    return new LiveReader({
      after,
      signal,
      take: (seen) => this.#take(seen, load),
      join: (reader) => this.#readers.add(reader),
      leave: (reader) => this.#readers.delete(reader),
    })
  }

  #take(after: number, load: (after: number) => RunEntry[]): RunEntry[] | 'wait' | 'over' {
    const batch = after + 1 < this.#firstSeq ? load(after) : this.#visibleAfter(after)
    if (batch.length > 0) return batch
    if (this.info.end || this.#isGone) return 'over'
    if (this.#trouble) throw this.#trouble
    return 'wait'
  }

  #visibleAfter(after: number): RunEntry[] {
    const start = after + 1 - this.#firstSeq
    const end = this.#visibleCount
    return start < end ? this.#entries.slice(start, this.#batchEnd(start, end)) : []
  }

  get #visibleCount(): number {
    return this.info.lastSeq + 1 - this.#firstSeq
  }

  /** Where a batch ends that begins at index `start`: at `end`, or sooner where it would grow too large. */
  #batchEnd(start: number, end: number): number {
    const limit = this.#bytesBefore(start) + MAX_BATCH_BYTES
    if (this.#bytesBefore(end) <= limit) return end
    return Math.max(start + 1, this.#countWithin(limit))
  }

  #drop(bytes: number): void {
    const count = this.#countWithin(bytes)
    this.#droppedBytes = this.#bytesBefore(count)
    this.#entries.splice(0, count)
    this.#ends.splice(0, count)
    this.#firstSeq += count
  }

  /** Bytes of the run before the entry at that index. */
  #bytesBefore(index: number): number {
    return index === 0 ? this.#droppedBytes : (this.#ends[index - 1] ?? this.#bytes)
  }

  /** How many of the entries in memory end within the run's first `bytes` bytes. */
  #countWithin(bytes: number): number {
    let low = 0
    let high = this.#ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ends[middle] ?? Number.POSITIVE_INFINITY) <= bytes) low = middle + 1
      else high = middle
    }
    return low
  }
}
