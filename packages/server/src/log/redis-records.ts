/** What Redis holds of a run besides its entries, and how a batch of these is written there. */
import { type BatchRow, fromBatchRow, toBatchRow } from './batch-rows.ts'
import { MAX_BATCH_BYTES } from './entry-window.ts'
import type { LiveBatch } from './live-run.ts'
import type { RedisConnections } from './redis-connections.ts'
import type { RedisKeys } from './redis-keys.ts'
import { scripts } from './redis-scripts.ts'
import type { RunEnd, RunEntry, RunInfo } from './run-log.ts'

export interface StoredRun {
  info: RunInfo
  /** Its claims are not complete yet: to anybody else it is not there. */
  isOpening: boolean
  /** It has ended, and its entries are gone. */
  isExpired: boolean
  /** Its writer has proved to be alive lately. */
  hasLease: boolean
}

/** What may be read on after a seq. */
export interface History {
  state: 'running' | 'ended' | 'expired' | 'gone' | 'unknown'
  /** Seq of the run's last entry, whether it is among the entries or not. */
  lastSeq: number
  entries: RunEntry[]
}

const STATES: Record<string, History['state']> = {
  0: 'running',
  1: 'ended',
  2: 'expired',
  '-1': 'gone',
  '-2': 'unknown',
}

/** Fields and values of the record of a new run. */
export function toRecord(info: RunInfo): string[] {
  const { threadId, owner, messageId, fingerprint, resumes, startedAt } = info
  const fields = { threadId, owner, messageId, fingerprint, resumes: resumes ? '1' : '', startedAt: `${startedAt}` }
  return Object.entries(fields).flat()
}

/** The run of a record; seq and tokens are those of its last batch where it has not ended. */
export function fromRecord(runId: string, reply: unknown, lastSeq: number, tokens: number): RunInfo {
  const fields = fieldsOf(reply)
  const { threadId = '', owner = '', messageId = runId, fingerprint = '', resumes, startedAt, firstTokenAt } = fields
  const info: RunInfo = {
    runId,
    threadId,
    owner,
    messageId,
    fingerprint,
    resumes: resumes === '1',
    startedAt: Number(startedAt),
    lastSeq: Number(fields.lastSeq ?? lastSeq),
    tokens: Number(fields.tokens ?? tokens),
  }
  if (firstTokenAt !== undefined) info.firstTokenAt = Number(firstTokenAt)
  if (fields.end !== undefined) info.end = toEnd(fields.end)
  else if (fields.stopping !== undefined) info.stopping = true
  return info
}

/** The epoch of its writer that a record names. */
export function epochOf(reply: unknown): string {
  return fieldsOf(reply).epoch ?? ''
}

export function toEnd(text: string): RunEnd {
  return JSON.parse(text) as RunEnd
}

/** A batch as the value of a stream entry: its tokens and kinds in one line, then its rows. */
export function toStreamValue(entries: readonly RunEntry[], tokensBefore: number): string {
  const { tokens, kinds, data } = toBatchRow(entries, tokensBefore)
  return `${tokens} ${kinds ?? ''}\n${data}`
}

/** The entries of a stream entry that come after a seq. */
export function fromStreamValue(id: string, value: string, after: number): RunEntry[] {
  const end = value.indexOf('\n')
  const blank = value.indexOf(' ')
  const row: BatchRow = {
    last_seq: Number.parseInt(id, 10),
    tokens: Number(value.slice(0, blank)),
    kinds: blank + 1 < end ? value.slice(blank + 1, end) : null,
    data: value.slice(end + 1),
  }
  return fromBatchRow(row, after)
}

/** Ids and values for the stream. */
export function toStreamRows(batches: readonly LiveBatch[], tokensBefore: number): string[] {
  const rows: string[] = []
  let tokens = tokensBefore
  for (const { entries } of batches) {
    const last = entries.at(-1)
    if (!last) continue
    rows.push(`${last.seq}-0`, toStreamValue(entries, tokens))
    tokens = last.tokens
  }
  return rows
}

export async function loadRun(
  connections: RedisConnections,
  keys: RedisKeys,
  runId: string,
): Promise<StoredRun | undefined> {
  const { record, entries, lease } = keys.run(runId)
  const reply = await connections.run(scripts.info, [record, entries, lease])
  if (!Array.isArray(reply)) return undefined
  const [fields, lastSeq, tokens, hasEntries, hasLease] = reply
  const info = fromRecord(runId, fields, Number(lastSeq), Number(tokens))
  return {
    info,
    isOpening: fieldsOf(fields).opening !== undefined,
    isExpired: info.end !== undefined && hasEntries === 0,
    hasLease: hasLease === 1,
  }
}

/** One batch of a run's entries after a seq, wherever they were written. */
export async function loadHistory(
  connections: RedisConnections,
  keys: RedisKeys,
  runId: string,
  after: number,
): Promise<History> {
  const { record, entries, gone } = keys.run(runId)
  const reply = await connections.run(scripts.load, [record, entries, gone], [after, MAX_BATCH_BYTES])
  const [state, lastSeq, ...rows] = Array.isArray(reply) ? reply : []
  const history: History = { state: STATES[String(state)] ?? 'unknown', lastSeq: Number(lastSeq), entries: [] }
  for (let index = 0; index < rows.length; index += 2) {
    history.entries.push(...fromStreamValue(String(rows[index]), String(rows[index + 1]), after))
  }
  return history
}

function fieldsOf(reply: unknown): Record<string, string | undefined> {
  const fields: Record<string, string> = {}
  if (!Array.isArray(reply)) return fields
  for (let index = 0; index < reply.length; index += 2) fields[String(reply[index])] = String(reply[index + 1])
  return fields
}
