/** The rows of the SQLite run log: which run is which, its batches, and whose file it is. */
import type { SqliteFile } from '../store/sqlite-file.ts'
import { type BatchRow, fromBatchRow, toBatchRow } from './batch-rows.ts'
import { MAX_BATCH_BYTES } from './live-run.ts'
import type { RunEnd, RunEntry, RunInfo, RunQuery } from './run-log.ts'

/** A run as the table has it. `number` is its short name in the table of batches. */
export interface StoredRun {
  number: number
  info: RunInfo
  endedAt?: number
}

interface RunRow {
  number: number
  run_id: string
  thread_id: string
  owner: string
  message_id: string
  fingerprint: string
  resumes: number
  started_at: number
  first_token_at: number | null
  last_seq: number
  tokens: number
  ended_at: number | null
  end: string | null
}

const RUN_COLUMNS =
  'number, run_id, thread_id, owner, message_id, fingerprint, resumes, started_at, first_token_at, last_seq, tokens, ended_at, "end"'

/** Rows looked at in one go; a paced answer has a row for every token. */
const ROWS_AT_ONCE = 256

export class SqliteRunRows {
  readonly #file: SqliteFile

  constructor(file: SqliteFile) {
    this.#file = file
  }

  /** Makes this process the file's only writer: whoever wrote before finds another epoch and stops. Returns the epoch. */
  claim(): number {
    return this.#file.transaction(() => {
      this.#file.prepare('UPDATE run_log SET epoch = epoch + 1').run([])
      return this.epoch()
    })
  }

  epoch(): number {
    const row = this.#file.prepare('SELECT epoch FROM run_log').get([]) as { epoch: number }
    return row.epoch
  }

  /** A write that changes nothing. */
  touch(): void {
    this.#file.prepare('UPDATE run_log SET epoch = epoch').run([])
  }

  highestNumber(): number {
    const row = this.#file.prepare('SELECT max(number) AS number FROM runs').get([]) as { number: number | null }
    return row.number ?? 0
  }

  find(by: RunQuery): StoredRun | undefined {
    const row = this.#findRow(by) as RunRow | undefined
    return row && toStoredRun(row)
  }

  #findRow(by: RunQuery): unknown {
    const select = `SELECT ${RUN_COLUMNS} FROM runs`
    if ('runId' in by) return this.#file.prepare(`${select} WHERE run_id = ?`).get([by.runId])
    if ('threadId' in by) {
      return this.#file.prepare(`${select} WHERE thread_id = ? ORDER BY number DESC LIMIT 1`).get([by.threadId])
    }
    return this.#file.prepare(`${select} WHERE owner = ? AND message_id = ?`).get([by.owner, by.messageId])
  }

  /** Runs that never ended, as far as their batches go. */
  unfinished(): StoredRun[] {
    const rows = this.#file.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE ended_at IS NULL ORDER BY number`).all([])
    return (rows as RunRow[]).map((row) => {
      const last = this.#file
        .prepare('SELECT last_seq, tokens FROM run_entries WHERE run = ? ORDER BY last_seq DESC LIMIT 1')
        .get([row.number]) as { last_seq: number; tokens: number } | undefined
      return toStoredRun({ ...row, ...last })
    })
  }

  add(number: number, info: RunInfo): void {
    this.#file
      .prepare(
        'INSERT INTO runs (number, run_id, thread_id, owner, message_id, fingerprint, resumes, started_at, first_token_at) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run([
        number,
        info.runId,
        info.threadId,
        info.owner,
        info.messageId,
        info.fingerprint,
        info.resumes ? 1 : 0,
        info.startedAt,
        info.firstTokenAt ?? null,
      ])
  }

  setFirstToken(number: number, at: number): void {
    this.#file.prepare('UPDATE runs SET first_token_at = ? WHERE number = ?').run([at, number])
  }

  /** Appends a batch; `tokens` is the count before it. Returns the count after it. */
  append(number: number, entries: readonly RunEntry[], tokens: number): number {
    const row = toBatchRow(entries, tokens)
    this.#file
      .prepare(
        'INSERT INTO run_entries (run, last_seq, first_seq, tokens, bytes, kinds, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run([number, row.last_seq, row.first_seq, row.tokens, Buffer.byteLength(row.data), row.kinds, row.data])
    return row.tokens
  }

  end(number: number, { seq, tokens, end }: RunEntry & { end: RunEnd }, at: number): void {
    this.#file
      .prepare('UPDATE runs SET last_seq = ?, tokens = ?, "end" = ?, ended_at = ? WHERE number = ?')
      .run([seq, tokens, JSON.stringify(end), at, number])
  }

  /** The next batch after a seq; empty when there is none. */
  load(number: number, after: number): RunEntry[] {
    const sizes = this.#file
      .prepare(
        `SELECT last_seq, bytes FROM run_entries WHERE run = ? AND last_seq > ? ORDER BY last_seq LIMIT ${ROWS_AT_ONCE}`,
      )
      .all([number, after]) as { last_seq: number; bytes: number }[]
    let bytes = 0
    let upTo = sizes[0]?.last_seq ?? 0
    for (const size of sizes) {
      bytes += size.bytes
      if (bytes > MAX_BATCH_BYTES) break
      upTo = size.last_seq
    }
    const rows = this.#file
      .prepare(
        'SELECT first_seq, last_seq, tokens, kinds, data FROM run_entries ' +
          'WHERE run = ? AND last_seq > ? AND last_seq <= ? ORDER BY last_seq',
      )
      .all([number, after, upTo]) as BatchRow[]
    return rows.flatMap((row) => fromBatchRow(row, after))
  }

  remove(number: number): void {
    this.removeEntries(number)
    this.#file.prepare('DELETE FROM runs WHERE number = ?').run([number])
  }

  removeEntries(number: number): void {
    this.#file.prepare('DELETE FROM run_entries WHERE run = ?').run([number])
  }

  ofThread(threadId: string): number[] {
    return numbers(this.#file.prepare('SELECT number FROM runs WHERE thread_id = ?').all([threadId]))
  }

  /** An ended run of that time or before which still has its entries. */
  oneWithEntries(endedBy: number): number | undefined {
    const rows = this.#file
      .prepare('SELECT number FROM runs WHERE has_entries = 1 AND ended_at <= ? ORDER BY ended_at LIMIT 1')
      .all([endedBy])
    return numbers(rows)[0]
  }

  dropEntries(number: number): void {
    this.removeEntries(number)
    this.#file.prepare('UPDATE runs SET has_entries = 0 WHERE number = ?').run([number])
  }

  /** Forgets runs that ended at that time or before, whose entries are gone. */
  forgetEnded(endedBy: number): void {
    this.#file.prepare('DELETE FROM runs WHERE has_entries = 0 AND ended_at <= ?').run([endedBy])
  }
}

function numbers(rows: unknown[]): number[] {
  return (rows as { number: number }[]).map(({ number }) => number)
}

function toStoredRun(row: RunRow): StoredRun {
  return {
    number: row.number,
    info: {
      runId: row.run_id,
      threadId: row.thread_id,
      owner: row.owner,
      messageId: row.message_id,
      fingerprint: row.fingerprint,
      resumes: row.resumes === 1,
      startedAt: row.started_at,
      lastSeq: row.last_seq,
      tokens: row.tokens,
      ...(row.first_token_at !== null && { firstTokenAt: row.first_token_at }),
      ...(row.end !== null && { end: JSON.parse(row.end) as RunEnd }),
    },
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }
}
