/**
 * The entries of all runs in the SQLite run log. A batch is one row, and rows are only ever added at the table's end: the
 * runs that are written together share its last page, where a table or an index ordered by run would change a page of its own
 * for each of them (five times the cost of a transaction). So a row names the one before it in its run, and reading follows
 * that chain backwards. Marks cut the chain into blocks, that a reader may begin anywhere and never holds more than a block.
 */
import type { SqliteFile } from '../store/sqlite-file.ts'
import { type BatchRow, fromBatchRow, toBatchRow } from './batch-rows.ts'
import { MAX_BATCH_BYTES } from './entry-window.ts'
import type { LiveBatch } from './live-run.ts'
import type { RunEntry } from './run-log.ts'

/** The rows of a run, as far as one must know them to add another. */
export interface Chain {
  /** Ids of its first and last row; null while it has none. */
  readonly firstId: number | null
  readonly lastId: number | null
  readonly lastSeq: number
  /** Text deltas up to `lastSeq`. */
  readonly tokens: number
  /** Rows and bytes of the block in hand. */
  readonly rows: number
  readonly bytes: number
}

export const EMPTY_CHAIN: Chain = { firstId: null, lastId: null, lastSeq: 0, tokens: 0, rows: 0, bytes: 0 }

/** Rows to be written: the values of one after those of another, as a statement for many takes them. */
export type EntryValues = (number | string | null)[]

const COLUMNS = ['id', 'run', 'prev', 'last_seq', 'tokens', 'kinds', 'data']

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

  /** Adds a batch to `values`, which `insert` writes. Returns the longer chain. */
  append(run: number, chain: Chain, { entries, bytes }: LiveBatch, values: EntryValues): Chain {
    const isNewBlock = chain.lastId !== null && (chain.rows >= BLOCK_ROWS || chain.bytes + bytes > MAX_BATCH_BYTES)
    if (isNewBlock) {
      this.#file
        .prepare('INSERT OR IGNORE INTO run_marks (run, last_seq, id) VALUES (?, ?, ?)')
        .run([run, chain.lastSeq, chain.lastId])
    }
    const row = toBatchRow(entries, chain.tokens)
    const id = ++this.#lastId
    values.push(id, run, chain.lastId, row.last_seq, row.tokens, row.kinds, row.data)
    return {
      firstId: chain.firstId ?? id,
      lastId: id,
      lastSeq: row.last_seq,
      tokens: row.tokens,
      rows: isNewBlock ? 1 : chain.rows + 1,
      bytes: isNewBlock ? bytes : chain.bytes + bytes,
    }
  }

  insert(values: EntryValues): void {
    const end = values.length / COLUMNS.length
    let start = 0
    // In powers of two, so that few statements do for any number.
    for (let count = ROWS_AT_ONCE; start < end; ) {
      if (end - start < count) {
        count /= 2
        continue
      }
      const from = start * COLUMNS.length
      start += count
      this.#file.prepare(insertOf(count)).run(values.slice(from, start * COLUMNS.length))
    }
  }

  /** The chain of a run whose first row has that id. Its next row begins a block. */
  chainOf(run: number, firstId: number): Chain {
    const last = this.#file
      .prepare('SELECT id, last_seq, tokens FROM run_entries WHERE id >= ? AND run = ? ORDER BY id DESC LIMIT 1')
      .get([firstId, run]) as { id: number; last_seq: number; tokens: number } | undefined
    if (!last) return EMPTY_CHAIN
    return { firstId, lastId: last.id, lastSeq: last.last_seq, tokens: last.tokens, rows: BLOCK_ROWS, bytes: 0 }
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
    const row = `(${COLUMNS.map(() => '?').join(', ')})`
    sql = `INSERT INTO run_entries (${COLUMNS.join(', ')}) VALUES ${Array(count).fill(row).join(', ')}`
    inserts.set(count, sql)
  }
  return sql
}
