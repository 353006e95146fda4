/** Where a reader goes on: the header by which EventSource resumes, and the query of everyone else. */
import { ChatKitError } from '@millrace/protocol'
import type { RunInfo } from '../log/run-log.ts'
import { checkedCursor } from '../runs.ts'

export interface Cursor {
  /** The last sequence number that was seen. */
  after: number
  /** Who asked: no request but a new reading, EventSource (which takes no status but 200), or a client's own code. */
  by: 'nothing' | 'last-event-id' | 'after'
}

/**
 * The header wins: EventSource reconnects with its old address.
 * @throws ChatKitError `invalid_request` for what is no number from 0 up
 */
export function cursorOf(header: string | undefined, query: string | undefined): Cursor {
  if (header !== undefined) return { after: seqOf(header, 'last-event-id'), by: 'last-event-id' }
  if (query !== undefined) return { after: seqOf(query, 'after'), by: 'after' }
  return { after: 0, by: 'nothing' }
}

/** @throws ChatKitError `invalid_request`, `param` as given, for what is no number from 0 up */
export function seqOf(text: string, param: string): number {
  const seq = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(seq)) return seq
  throw new ChatKitError('invalid_request', `\`${param}\` is a sequence number from 0 up.`, { param })
}

/**
 * Where to read a run from. Whoever has seen its end sees it again: a stream always says how it ended, also to an EventSource
 * that reconnects because it ended.
 * @throws ChatKitError `invalid_request` where it is beyond the last entry
 */
export function readingFrom(after: number, info: RunInfo): number {
  const checked = checkedCursor(after, info)
  return info.end ? Math.min(checked, info.lastSeq - 1) : checked
}
