/** The latest entries of a run, in memory: those that readers follow, and those that wait to be durable. */
import type { RunEntry } from './run-log.ts'

/** Bytes of a batch at most, unless one entry alone is larger. */
export const MAX_BATCH_BYTES = 256 * 1024

export class EntryWindow {
  readonly #entries: RunEntry[] = []
  /** For each of them the bytes of the run up to and including it. */
  readonly #ends: number[] = []
  /** Seq of the first entry in memory, had or to come. */
  #firstSeq: number
  /** Bytes of the run before `#firstSeq`. */
  #droppedBytes = 0
  #bytes = 0

  constructor(firstSeq: number) {
    this.#firstSeq = firstSeq
  }

  get firstSeq(): number {
    return this.#firstSeq
  }

  /** Bytes of the run up to the last entry, counted from the window's first. */
  get bytes(): number {
    return this.#bytes
  }

  /** Its seq follows the last one's. */
  push(entry: RunEntry, bytes: number): void {
    this.#bytes += bytes
    this.#entries.push(entry)
    this.#ends.push(this.#bytes)
  }

  at(seq: number): RunEntry | undefined {
    return this.#entries[seq - this.#firstSeq]
  }

  /** Bytes of the run up to and including that entry, which is in memory or the one before the first that is. */
  bytesUpTo(seq: number): number {
    return this.#bytesBefore(seq + 1 - this.#firstSeq)
  }

  /** The entries after seq `after` up to `upTo`, as many as make a batch. All of them are in memory. */
  batch(after: number, upTo: number): RunEntry[] {
    const start = after + 1 - this.#firstSeq
    const end = upTo + 1 - this.#firstSeq
    return start < end ? this.#entries.slice(start, this.#batchEnd(start, end)) : []
  }

  /** Of the entries up to seq `upTo` about `keepBytes` stay. */
  trim(upTo: number, keepBytes: number): void {
    const bytes = this.bytesUpTo(upTo)
    // At twice the bound, so that the cost of moving the rest is spread over as much as was appended.
    if (bytes - this.#droppedBytes <= 2 * keepBytes) return
    const count = this.#countWithin(bytes - keepBytes)
    this.#droppedBytes = this.#bytesBefore(count)
    this.#entries.splice(0, count)
    this.#ends.splice(0, count)
    this.#firstSeq += count
  }

  /** Where a batch ends that begins at index `start`: at `end`, or sooner where it would grow too large. */
  #batchEnd(start: number, end: number): number {
    const limit = this.#bytesBefore(start) + MAX_BATCH_BYTES
    if (this.#bytesBefore(end) <= limit) return end
    return Math.max(start + 1, this.#countWithin(limit))
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
