/** Which run is which in the SQLite run log, and whose file it is. */
import type { SqliteFile } from '../store/sqlite-file.ts'
import type { RunEnd, RunEntry, RunInfo, RunQuery } from './run-log.ts'

/** A run as the table has it. */
export interface StoredRun {
  /** Its short name in the table of entries. */
  number: number
  info: RunInfo
  /** Id of its first row there; it has none that is smaller. */
  firstEntry: number
  /** Id of its last row there; null while it has not ended. */
  lastEntry: number | null
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
  first_entry: number
  last_entry: number | null
}

const RUN_COLUMNS =
  'number, run_id, thread_id, owner, message_id, fingerprint, resumes, started_at, first_token_at, last_seq, tokens, ended_at, "end", first_entry, last_entry'

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

  unfinished(): StoredRun[] {
    const rows = this.#file.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE ended_at IS NULL ORDER BY number`).all([])
    return (rows as RunRow[]).map(toStoredRun)
  }

  /** `firstEntry`: id of its first row of entries. */
  add(number: number, info: RunInfo, firstEntry: number | null): void {
    this.#file
      .prepare(
        'INSERT INTO runs (number, run_id, thread_id, owner, message_id, fingerprint, resumes, started_at, first_token_at, first_entry) ' +
          'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
        firstEntry,
      ])
  }

  setFirstToken(number: number, at: number): void {
    this.#file.prepare('UPDATE runs SET first_token_at = ? WHERE number = ?').run([at, number])
  }

  /** `lastEntry`: id of the row that holds the end. */
  end(number: number, { seq, tokens, end }: RunEntry & { end: RunEnd }, at: number, lastEntry: number | null): void {
    this.#file
      .prepare('UPDATE runs SET last_seq = ?, tokens = ?, "end" = ?, ended_at = ?, last_entry = ? WHERE number = ?')
      .run([seq, tokens, JSON.stringify(end), at, lastEntry, number])
  }

  remove(number: number): void {
    this.#file.prepare('DELETE FROM runs WHERE number = ?').run([number])
  }

  ofThread(threadId: string): StoredRun[] {
    const rows = this.#file.prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE thread_id = ?`).all([threadId])
    return (rows as RunRow[]).map(toStoredRun)
  }

  /** The smallest of the first entries of runs that have not ended, or only after that time; undefined where there is none. */
  firstEntryKept(endedBy: number): number | undefined {
    const running = this.#file.prepare('SELECT min(first_entry) AS id FROM runs WHERE ended_at IS NULL').get([])
    const ended = this.#file
      .prepare('SELECT min(first_entry) AS id FROM runs WHERE has_entries = 1 AND ended_at > ?')
      .get([endedBy])
    const ids = ([running, ended] as { id: number | null }[]).flatMap(({ id }) => id ?? [])
    return ids.length > 0 ? Math.min(...ids) : undefined
  }

  /** A run that ended by `endedBy` and still counts as having entries: all of them below an id, or it ended by `longAgo`. */
  oneExpired(endedBy: number, below: number, longAgo: number): StoredRun | undefined {
    const row = this.#file
      .prepare(
        `SELECT ${RUN_COLUMNS} FROM runs WHERE has_entries = 1 AND ended_at <= ? AND (last_entry < ? OR ended_at <= ?) ` +
          'ORDER BY ended_at LIMIT 1',
      )
      .get([endedBy, below, longAgo]) as RunRow | undefined
    return row && toStoredRun(row)
  }

  setWithoutEntries(number: number): void {
    this.#file.prepare('UPDATE runs SET has_entries = 0 WHERE number = ?').run([number])
  }

  /** Forgets runs that ended at that time or before, whose entries are gone. */
  forgetEnded(endedBy: number): void {
    this.#file.prepare('DELETE FROM runs WHERE has_entries = 0 AND ended_at <= ?').run([endedBy])
  }
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
    firstEntry: row.first_entry,
    lastEntry: row.last_entry,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  }
}
