/**
 * How a batch of entries is kept in one row: their data joined by line feeds, which no entry contains. Tokens are packed: they
 * differ in a few of some 150 characters, so a log holds, sends and checks a tenth of what it is given.
 */
import type { RunEnd, RunEntry } from './run-log.ts'

export interface BatchRow {
  last_seq: number
  /** Text deltas up to and including the last entry. */
  tokens: number
  /**
   * One letter for each entry. Where all are tokens, as in nearly every batch of an answer's middle: null for a single one,
   * else `p` and how many characters they have in all, since their data is packed.
   */
  kinds: string | null
  data: string
}

const TOKEN = 't'
const OURS = 'o'
const EVENT = 'e'
const END = 'x'
/** Of a whole batch: what all of its tokens begin with stands before them. */
const PACKED = 'p'

/** `tokens`: text deltas before the batch, which holds one entry at least. */
export function toBatchRow(entries: readonly RunEntry[], tokens: number): BatchRow {
  const [only] = entries
  if (only && entries.length === 1 && 'data' in only && only.tokens > tokens) {
    return { last_seq: only.seq, tokens: only.tokens, kinds: null, data: only.data }
  }
  const lines: string[] = []
  let kinds = ''
  let before = tokens
  for (const entry of entries) {
    kinds += 'end' in entry ? END : entry.tokens > before ? TOKEN : entry.ours ? OURS : EVENT
    lines.push('end' in entry ? JSON.stringify(entry.end) : entry.data)
    before = entry.tokens
  }
  const last_seq = entries.at(-1)?.seq ?? 0
  if (before - tokens < entries.length) return { last_seq, tokens: before, kinds, data: lines.join('\n') }
  return { last_seq, tokens: before, ...pack(lines) }
}

/** What all lines begin with comes first, in a line of its own. */
function pack(lines: readonly string[]): Pick<BatchRow, 'kinds' | 'data'> {
  let [prefix = ''] = lines
  let length = 0
  for (const line of lines) {
    length += line.length
    // Quicker by far than `startsWith`, which compares character by character.
    if (line.slice(0, prefix.length) !== prefix) prefix = prefix.slice(0, sharedLength(prefix, line))
  }
  let data = prefix
  for (const line of lines) data += `\n${line.slice(prefix.length)}`
  return { kinds: `${PACKED}${length}`, data }
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  // Half of a character can't be written: two that begin alike differ as a whole.
  const last = a.charCodeAt(length - 1)
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length
}

/** The entries of a row that come after seq `after`. */
export function fromBatchRow(row: BatchRow, after: number): RunEntry[] {
  const { last_seq, data } = row
  const lines = data.split('\n')
  const prefix = row.kinds?.startsWith(PACKED) ? lines.shift() : undefined
  const kinds = prefix === undefined ? row.kinds : null
  const first = last_seq - lines.length + 1
  let tokens = row.tokens - (kinds === null ? lines.length : countTokens(kinds))
  const entries: RunEntry[] = []
  for (let seq = first; seq <= last_seq; seq += 1) {
    const index = seq - first
    const line = prefix === undefined ? (lines[index] ?? '') : prefix + (lines[index] ?? '')
    const kind = kinds === null ? TOKEN : kinds[index]
    if (kind === TOKEN) tokens += 1
    if (seq <= after) continue
    if (kind === END) entries.push({ seq, tokens, end: JSON.parse(line) as RunEnd })
    else entries.push(kind === OURS ? { seq, tokens, data: line, ours: true } : { seq, tokens, data: line })
  }
  return entries
}

function countTokens(kinds: string): number {
  let count = 0
  for (const kind of kinds) if (kind === TOKEN) count += 1
  return count
}
