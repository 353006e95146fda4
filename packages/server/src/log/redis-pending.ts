/** What a writer is sending to its stream. It stays as it is until it is acknowledged, so that a repeat is known as one. */
import type { LiveBatch } from './live-run.ts'
import { toStreamRows, toStreamValue } from './redis-records.ts'
import type { RunEnd } from './run-log.ts'

export interface Pending {
  /** Ids and values. */
  readonly rows: string[]
  readonly batches: number
  /** Of the last entry. */
  readonly lastSeq: number
  readonly tokens: number
  readonly end: RunEnd | undefined
  /** When it was put together, by `performance.now()`. */
  readonly since: number
}

/** Bytes of one script call at most, unless one batch alone is larger. */
const MAX_WRITE_BYTES = 1024 * 1024

/** As many of the batches as one call takes; nothing where there are none. `tokensBefore`: text deltas before them. */
export function pendingOf(batches: readonly LiveBatch[], tokensBefore: number): Pending | undefined {
  let bytes = 0
  const some = batches.filter((batch, index) => {
    bytes += batch.bytes
    return index === 0 || bytes <= MAX_WRITE_BYTES
  })
  const last = some.at(-1)?.entries.at(-1)
  if (!last) return undefined
  return {
    rows: toStreamRows(some, tokensBefore),
    batches: some.length,
    lastSeq: last.seq,
    tokens: last.tokens,
    end: 'end' in last ? last.end : undefined,
    since: performance.now(),
  }
}

/** An end right behind what is left of a run. Without one it would be adopted, and what was saved of it overwritten. */
export function shortEnd(end: RunEnd, { lastSeq, tokens }: { lastSeq: number; tokens: number }): Pending {
  const seq = lastSeq + 1
  const value = toStreamValue([{ seq, tokens, end }], tokens)
  return { rows: [`${seq}-0`, value], batches: 1, lastSeq: seq, tokens, end, since: performance.now() }
}
