/** The text in a run's entries: what plain clients are shown of it. */
import type { RunEntry } from '../log/run-log.ts'

// Text deltas have one form, written by `encodeEvent`. Quotes within a JSON string are escaped, so that the first match of
// these parts, read from the left, is the real one, whatever an id or a text holds.
const UPDATE = '{"type":"thread.item.updated","item_id":"'
const ITEM_ID_END = '","update":{'
const TEXT_DELTA = '","update":{"type":"assistant_message.content_part.text_delta","content_index":'
const DELTA = ',"delta":'
const TAIL = 2

/**
 * The text delta of an entry as the JSON string that it is in the log (`"Hel"`, with its quotes), undefined for any other
 * entry. It is cut out and never parsed, so that a view which re-encodes a token neither reads nor writes JSON.
 */
export function tokenLiteralOf(entry: RunEntry): string | undefined {
  if (!('data' in entry)) return undefined
  const { data } = entry
  if (!data.startsWith(UPDATE)) return undefined
  const idEnd = data.indexOf(ITEM_ID_END, UPDATE.length)
  if (idEnd < 0 || !data.startsWith(TEXT_DELTA, idEnd)) return undefined
  const delta = data.indexOf(DELTA, idEnd + TEXT_DELTA.length)
  return delta < 0 ? undefined : data.slice(delta + DELTA.length, -TAIL)
}

/** The text delta of an entry, undefined for any other entry. */
export function tokenOf(entry: RunEntry): string | undefined {
  const literal = tokenLiteralOf(entry)
  // Our own log: what stands in it was encoded by this server.
  return literal === undefined ? undefined : (JSON.parse(literal) as string)
}
