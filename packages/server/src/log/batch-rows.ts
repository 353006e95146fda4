/** How a batch of entries is kept in one row: their data joined by line feeds, which no entry contains. */
import type { RunEnd, RunEntry } from './run-log.ts'

export interface BatchRow {
  last_seq: number
  /** Text deltas up to and including the last entry. */
  tokens: number
  /** One letter for each entry; null when all are tokens, as nearly all batches are in an answer's middle. */
  kinds: string | null
  data: string
}

const TOKEN = 't'
const OURS = 'o'
const EVENT = 'e'
const END = 'x'

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
  return {
    last_seq: entries.at(-1)?.seq ?? 0,
    tokens: before,
    kinds: before - tokens === entries.length ? null : kinds,
    data: lines.join('\n'),
  }
}

/** The entries of a row that come after seq `after`. */
export function fromBatchRow(row: BatchRow, after: number): RunEntry[] {
  const { last_seq, kinds, data } = row
  const lines = data.split('\n')
  const first = last_seq - lines.length + 1
  let tokens = row.tokens - (kinds === null ? lines.length : countTokens(kinds))
  const entries: RunEntry[] = []
  for (let seq = first; seq <= last_seq; seq += 1) {
    const index = seq - first
    const line = lines[index] ?? ''
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
