/** One run that is read here and written elsewhere: its last entries, and who waits for more. */
import { EntryWindow } from './entry-window.ts'
import type { LiveReader, Taken } from './live-reader.ts'
import { fromStreamValue, type History } from './redis-records.ts'
import { expired, unknownRun, unreadable } from './refusals.ts'

export interface RemoteRunSource {
  /** What stands in the log after a seq. */
  load(after: number): Promise<History>
  /** A reader has seen all there is: from now on what comes is handed to `take`. */
  follow(): void
  /** Nobody reads it any more. */
  forget(): void
}

/** What stays in memory for readers that are not waiting right now. */
const KEEP_BYTES = 4 * 1024

export class RemoteRun {
  readonly runId: string
  readonly #source: RemoteRunSource
  readonly #readers = new Set<LiveReader>()
  /** Fetches that are under way, by the seq after which they begin: readers that come together share one. */
  readonly #loads = new Map<number, Promise<Taken>>()
  /** Absent until somebody has read up to where the run is. */
  #window: EntryWindow | undefined
  #lastSeq = 0
  #isOver = false
  #isKnown = false
  #isGone = false
  #failure: Error | undefined
  /** When it was last heard of, by `performance.now()`. */
  heardAt = performance.now()

  constructor(runId: string, source: RemoteRunSource) {
    this.runId = runId
    this.#source = source
  }

  /** Seq of the last entry that was handed over. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Whether its end was. */
  get isOver(): boolean {
    return this.#isOver
  }

  join(reader: LiveReader): void {
    this.#readers.add(reader)
  }

  leave(reader: LiveReader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#source.forget()
  }

  /** What comes after a seq, for a reader. */
  next(after: number): Taken | Promise<Taken> {
    if (this.#failure) throw this.#failure
    if (this.#isGone) return 'over'
    const window = this.#window
    if (!window || after + 1 < window.firstSeq) return this.#load(after)
    const batch = window.batch(after, this.#lastSeq)
    if (batch.length > 0) return batch
    return this.#isOver ? 'over' : 'wait'
  }

  /** New entries of its stream. */
  take(entries: readonly (readonly [id: string, fields: readonly string[]])[]): void {
    const window = this.#window
    if (!window) return
    for (const [id, [, value = '']] of entries) {
      for (const entry of fromStreamValue(id, value, this.#lastSeq)) {
        window.push(entry, 'data' in entry ? Buffer.byteLength(entry.data) : 0)
        this.#lastSeq = entry.seq
        if ('end' in entry) this.#isOver = true
      }
    }
    this.heardAt = performance.now()
    this.#wake()
    window.trim(this.#lastSeq, KEEP_BYTES)
  }

  /** After a long silence: what the log says of the run after `lastSeq`. */
  compare({ state, lastSeq }: History): void {
    if (this.#isOver || this.#isGone) return
    if (state === 'gone') this.vanish()
    else if (state === 'expired') this.fail(expired())
    // What readers have seen is no longer there, so its end would not reach them.
    else if (state === 'unknown' || (state === 'ended' && lastSeq <= this.#lastSeq)) this.fail(lostData())
  }

  vanish(): void {
    this.#isGone = true
    this.#source.forget()
    this.#wake()
  }

  fail(error: Error): void {
    this.#failure = error
    this.#source.forget()
    this.#wake()
  }

  #wake(): void {
    for (const reader of this.#readers) reader.wake()
  }

  #load(after: number): Promise<Taken> {
    const known = this.#loads.get(after)
    if (known) return known
    const load = this.#fetch(after).finally(() => this.#loads.delete(after))
    this.#loads.set(after, load)
    return load
  }

  async #fetch(after: number): Promise<Taken> {
    const { state, lastSeq, entries } = await this.#source.load(after)
    if (state === 'expired') throw expired()
    if (state === 'gone' && this.#isKnown) return 'over'
    if (state === 'unknown' && this.#isKnown) throw lostData()
    if (state === 'gone' || state === 'unknown') throw unknownRun()
    this.#isKnown = true
    if (entries.length > 0) return entries
    if (state === 'ended') return 'over'
    if (!this.#window) {
      this.#window = new EntryWindow(lastSeq + 1)
      this.#lastSeq = lastSeq
      this.heardAt = performance.now()
      this.#source.follow()
    }
    return 'wait'
  }
}

function lostData(): Error {
  return unreadable(new Error('Redis has lost what was written to it.'))
}
