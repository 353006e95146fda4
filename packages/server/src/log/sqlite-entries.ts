/**
 * The entries of all runs in the SQLite run log. A batch is one row, and rows are only ever added at the table's end: the
 * runs that are written together share its last page, where a table or an index ordered by run would change a page of its own
 * for each of them (five times the cost of a transaction). So a row names the one before it in its run, and reading follows
 * that chain backwards. Marks cut the chain into blocks, that a reader may begin anywhere and never holds more than a block.
 */
import type { SqliteFile } from '../store/sqlite-file.ts'
import { type BatchRow, fromBatchRow, toBatchRow } from './batch-rows.ts'
import { MAX_BATCH_BYTES } from './live-run.ts'
import type { RunEntry } from './run-log.ts'

/** Where a run's chain ends. */
export interface Chain {
  /** Id of its last row; null while it has none. */
  readonly lastId: number | null
  readonly lastSeq: number
  /** Rows and bytes of the block in hand. */
  readonly rows: number
  readonly bytes: number
}

export const EMPTY_CHAIN: Chain = { lastId: null, lastSeq: 0, rows: 0, bytes: 0 }

/** A row to be written. */
export interface EntryRow extends BatchRow {
  id: number
  run: number
  prev: number | null
}

/** Rows of a block at most; a paced answer has a row for every token. */
const BLOCK_ROWS = 256

/** Rows that one statement inserts, where there are so many: of what it costs per row half is the call. */
const ROWS_AT_ONCE = 32

/** Rows deleted in one go: some ten milliseconds. */
const DELETED_AT_ONCE = 2000

export class SqliteEntries {
  readonly #file: SqliteFile
  #lastId: number

  constructor(file: SqliteFile) {
    this.#file = file
    this.#lastId = this.#number('SELECT max(id) AS number FROM run_entries') ?? 0
  }

  /** Adds a batch to `rows`, which `insert` writes. `tokens` is the count before it. Returns the longer chain. */
  append(run: number, chain: Chain, entries: readonly RunEntry[], tokens: number, rows: EntryRow[]): Chain {
    const row = toBatchRow(entries, tokens)
    const bytes = Buffer.byteLength(row.data)
    const isNewBlock = chain.lastId !== null && (chain.rows >= BLOCK_ROWS || chain.bytes + bytes > MAX_BATCH_BYTES)
    if (isNewBlock) {
      this.#file
        .prepare('INSERT OR IGNORE INTO run_marks (run, last_seq, id) VALUES (?, ?, ?)')
        .run([run, chain.lastSeq, chain.lastId])
    }
    const id = ++this.#lastId
    rows.push({ ...row, id, run, prev: chain.lastId })
    return {
      lastId: id,
      lastSeq: row.last_seq,
      rows: isNewBlock ? 1 : chain.rows + 1,
      bytes: isNewBlock ? bytes : chain.bytes + bytes,
    }
  }

  insert(rows: readonly EntryRow[]): void {
    let start = 0
    // In powers of two, so that few statements do for any number.
    for (let count = ROWS_AT_ONCE; start < rows.length; ) {
      if (rows.length - start < count) {
        count /= 2
        continue
      }
      const values: unknown[] = []
      for (let index = start; index < start + count; index += 1) {
        const row = rows[index]
        if (row) values.push(row.id, row.run, row.prev, row.last_seq, row.tokens, row.kinds, row.data)
      }
      this.#file.prepare(insertOf(count)).run(values)
      start += count
    }
  }

  /** The chain of a run whose first row, where it has one, has at least the id `from`. Its next row begins a block. */
  chainOf(run: number, from: number): Chain & { tokens: number } {
    const last = this.#file
      .prepare('SELECT id, last_seq, tokens FROM run_entries WHERE id >= ? AND run = ? ORDER BY id DESC LIMIT 1')
      .get([from, run]) as { id: number; last_seq: number; tokens: number } | undefined
    if (!last) return { ...EMPTY_CHAIN, tokens: 0 }
    return { lastId: last.id, lastSeq: last.last_seq, rows: BLOCK_ROWS, bytes: 0, tokens: last.tokens }
  }

  /** The next entries of a run after a seq, whose last row is `lastId`: the rest of a block. Empty when there are none. */
  load(run: number, lastId: number | null, after: number): RunEntry[] {
    const mark = this.#number(
      'SELECT id AS number FROM run_marks WHERE run = ? AND last_seq > ? ORDER BY last_seq LIMIT 1',
      [run, after],
    )
    const rows = this.#file
      .prepare(
        `WITH RECURSIVE chain (prev, last_seq, tokens, kinds, data) AS (
          SELECT prev, last_seq, tokens, kinds, data FROM run_entries WHERE id = ?
          UNION ALL
          SELECT e.prev, e.last_seq, e.tokens, e.kinds, e.data
          FROM chain CROSS JOIN run_entries e ON e.id = chain.prev WHERE e.last_seq > ?
        ) SELECT last_seq, tokens, kinds, data FROM chain`,
      )
      .all([mark ?? lastId, after]) as BatchRow[]
    return rows.reverse().flatMap((row) => fromBatchRow(row, after))
  }

  /** Deletes a run's rows wherever they lie: a page changes for nearly each of them. */
  remove(run: number, lastId: number | null): void {
    this.#file
      .prepare(
        `WITH RECURSIVE chain (id, prev) AS (
          SELECT id, prev FROM run_entries WHERE id = ?
          UNION ALL
          SELECT e.id, e.prev FROM chain CROSS JOIN run_entries e ON e.id = chain.prev
        ) DELETE FROM run_entries WHERE id IN (SELECT id FROM chain)`,
      )
      .run([lastId])
    this.removeMarks(run)
  }

  removeMarks(run: number): void {
    this.#file.prepare('DELETE FROM run_marks WHERE run = ?').run([run])
  }

  /** Deletes rows below the id, of whatever run, but not too many at once. Returns whether there were any. */
  removeBelow(id: number): boolean {
    const first = this.#number('SELECT min(id) AS number FROM run_entries')
    if (first === undefined || first >= id) return false
    this.#file.prepare('DELETE FROM run_entries WHERE id < ?').run([Math.min(first + DELETED_AT_ONCE, id)])
    return true
  }

  #number(sql: string, parameters: unknown[] = []): number | undefined {
    const row = this.#file.prepare(sql).get(parameters) as { number: number | null } | undefined
    return row?.number ?? undefined
  }
}

const inserts = new Map<number, string>()

function insertOf(count: number): string {
  let sql = inserts.get(count)
  if (sql === undefined) {
    const values = Array.from({ length: count }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ')
    sql = `INSERT INTO run_entries (id, run, prev, last_seq, tokens, kinds, data) VALUES ${values}`
    inserts.set(count, sql)
  }
  return sql
}
