/**
 * A run whose writer lives in this process: what was appended, how much of it readers may see, and who waits for more.
 * The log that owns it says when appended entries have become durable (`publish`), or could not (`fail`).
 */
import { ChatKitError } from '@millrace/protocol'
import { EntryWindow } from './entry-window.ts'
import { LiveReader, type Taken } from './live-reader.ts'
import { takenOver, unknownRun } from './refusals.ts'
import type { RunEnd, RunEntry, RunInfo, RunWriter, WriterLoss } from './run-log.ts'

/** Bytes that a run may hold. */
export const MAX_RUN_BYTES = 32 * 1024 * 1024

export interface LiveRunOptions {
  /** As readers see it; owned by the run from now on. */
  info: RunInfo
  maxBytes: number
  now: () => number
  /** Called when there is something to publish, and not again before `publish`. */
  schedule: () => void
  /** Called when the run is given back: the log forgets it. */
  abandon: () => void | Promise<void>
  /** Proves that the run is still this writer's, where another process can take it over. */
  hold?: () => Promise<void>
}

/** Entries that are written and read together. */
export interface LiveBatch {
  entries: RunEntry[]
  /** Of their data. */
  bytes: number
}

/** Fetches what is no longer in memory: the first entries after a seq. */
export type LoadEntries = (after: number) => RunEntry[] | Promise<Taken>

interface Waiter<T> {
  resolve: (value: T) => void
  reject: (error: unknown) => void
}

export class LiveRun implements RunWriter {
  readonly info: RunInfo
  readonly #now: () => number
  readonly #schedule: () => void
  readonly #abandon: () => void | Promise<void>
  readonly #hold: (() => Promise<void>) | undefined
  readonly #maxBytes: number
  readonly #controller = new AbortController()

  /** First the visible entries that are kept, up to `info.lastSeq`, then those that wait to be published. */
  readonly #window: EntryWindow
  #visibleBytes = 0
  #roof: number
  #tokens: number
  #lastSeq: number
  #isTooLong = false
  #isClosed = false
  /** Whether the writer was shut out: the signal can't tell, it keeps its first reason. */
  #isShut = false
  #isScheduled = false
  /** Whether the log has forgotten the run. */
  #isGone = false
  /** What readers get when there is nothing more to see and the end can't be shown. */
  #trouble: ChatKitError | undefined
  /** In the order of the seqs up to which they wait. */
  readonly #flushes: (Waiter<void> & { seq: number })[] = []
  readonly #stops: Waiter<RunEnd>[] = []
  readonly #readers = new Set<LiveReader>()

  constructor({ info, maxBytes, now, schedule, abandon, hold }: LiveRunOptions) {
    this.info = info
    this.#window = new EntryWindow(info.lastSeq + 1)
    this.#lastSeq = info.lastSeq
    this.#tokens = info.tokens
    this.#maxBytes = maxBytes
    this.#roof = maxBytes
    this.#now = now
    this.#schedule = schedule
    this.#abandon = abandon
    this.#hold = hold
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get waitingBytes(): number {
    return this.#window.bytes - this.#visibleBytes
  }

  /** Whether the writer has ended the run, visible or not yet. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  append(data: string, kind?: 'token' | 'ours'): void {
    if (this.#isClosed || (this.#isTooLong && kind === 'token')) return
    const bytes = Buffer.byteLength(data)
    if (this.#window.bytes + bytes > this.#roof) {
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
    const seq = this.#lastSeq
    if (seq === this.info.lastSeq) return Promise.resolve()
    if (this.#isShut) return Promise.reject(takenOver())
    return new Promise((resolve, reject) => this.#flushes.push({ seq, resolve, reject }))
  }

  end(end: RunEnd): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      const seq = ++this.#lastSeq
      this.#push({ seq, tokens: this.#tokens, end }, 0)
    } else if (this.#isShut) {
      return Promise.reject(takenOver())
    }
    return this.flush()
  }

  async abandon(): Promise<void> {
    if (this.#lastSeq > 0) throw new ChatKitError('server_error', 'A run that has entries is ended, not given back.')
    const given = this.#abandon()
    this.vanish()
    await given
  }

  hold(): Promise<void> {
    if (this.#isShut) return Promise.reject(takenOver())
    return this.#hold?.() ?? Promise.resolve()
  }

  #push(entry: RunEntry, bytes: number): void {
    this.#window.push(entry, bytes)
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

  /** What waits to be published; or all after an earlier seq, where that is still in memory. */
  unpublished(after = this.info.lastSeq): LiveBatch[] {
    const batches: LiveBatch[] = []
    for (let seen = after; seen < this.#lastSeq; ) {
      const entries = this.#window.batch(seen, this.#lastSeq)
      const last = seen + entries.length
      batches.push({ entries, bytes: this.#window.bytesUpTo(last) - this.#window.bytesUpTo(seen) })
      seen = last
    }
    return batches
  }

  /** Whether the entry after that seq, had or to come, can be found in memory. */
  remembers(after: number): boolean {
    return after + 1 >= this.#window.firstSeq
  }

  /**
   * What was appended up to seq `upTo` is durable: readers may see it. Of what they could see before, about `keepBytes`
   * stay in memory.
   */
  publish(keepBytes: number, upTo = this.#lastSeq): void {
    this.#window.trim(this.info.lastSeq, keepBytes)
    const last = this.#window.at(upTo)
    this.info.lastSeq = upTo
    this.info.tokens = last?.tokens ?? this.#tokens
    this.#visibleBytes = this.#window.bytesUpTo(upTo)
    this.#trouble = undefined
    if (last && 'end' in last) {
      this.info.end = last.end
      delete this.info.stopping
      for (const { resolve } of this.#stops.splice(0)) resolve(last.end)
    }
    while (this.#flushes[0] && this.#flushes[0].seq <= upTo) this.#flushes.shift()?.resolve()
    this.#wakeReaders()
    this.#isScheduled = upTo < this.#lastSeq
    if (this.#isScheduled) this.#schedule()
  }

  /**
   * What was appended could not be made durable; it stays, and a later `publish` may still show it. Readers are told at once:
   * the writer may keep its end back until what was said is saved.
   */
  fail(error: ChatKitError): void {
    this.#controller.abort('unavailable' satisfies WriterLoss)
    for (const { reject } of this.#flushes.splice(0)) reject(error)
    this.#leaveReaders(error)
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
    this.#isShut = true
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

  /** The `read` of a log, for this run. */
  read(after: number, signal: AbortSignal, load: LoadEntries): AsyncIterable<RunEntry[]> {
    return new LiveReader({
      after,
      signal,
      take: (seen) => this.take(seen, load),
      join: (reader) => this.join(reader),
      leave: (reader) => this.leave(reader),
    })
  }

  /** The reader is woken whenever there may be something to take. */
  join(reader: LiveReader): void {
    this.#readers.add(reader)
  }

  leave(reader: LiveReader): void {
    this.#readers.delete(reader)
  }

  /** What comes after a seq. Throws what readers get who can't see the end. */
  take(after: number, load: LoadEntries): Taken | Promise<Taken> {
    const batch = this.remembers(after) ? this.#window.batch(after, this.info.lastSeq) : load(after)
    if (batch instanceof Promise || batch.length > 0) return batch
    if (this.info.end || this.#isGone) return 'over'
    if (this.#trouble) throw this.#trouble
    return 'wait'
  }
}
