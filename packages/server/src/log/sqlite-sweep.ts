/**
 * Frees the space of expired runs in the SQLite run log, and forgets runs that ended long ago. Rows of many runs share a page,
 * so they are deleted together once none of them is wanted any more: row by row, each page would change as often as it has rows.
 */
import type { SqliteFile } from '../store/sqlite-file.ts'
import { FORGET_AFTER_MS, type Retention, sweepIntervalMs } from './retention.ts'
import type { SqliteEntries } from './sqlite-entries.ts'
import type { SqliteRunRows } from './sqlite-rows.ts'

export interface SweptTables {
  rows: SqliteRunRows
  entries: SqliteEntries
}

/** Sweeps now and then, without keeping the process alive, until the timer is cleared. */
export function sweepSqlite(
  file: SqliteFile,
  tables: SweptTables,
  { retentionMs, now }: Required<Retention>,
): NodeJS.Timeout {
  const sweep = () => {
    if (!file.isOpen) return
    const endedBy = now() - retentionMs
    try {
      if (!file.transaction(() => dropSome(tables, endedBy, retentionMs))) {
        tables.rows.forgetEnded(endedBy - FORGET_AFTER_MS)
        return
      }
    } catch {
      // The next sweep tries again, and the log's `check` tells what is wrong.
      return
    }
    // A little at a time: a deletion blocks the event loop.
    setImmediate(() => file.whenFree(sweep))
  }
  return setInterval(() => file.whenFree(sweep), sweepIntervalMs(retentionMs)).unref()
}

/** Returns whether there was anything to drop. */
function dropSome({ rows, entries }: SweptTables, endedBy: number, retentionMs: number): boolean {
  const kept = rows.firstEntryKept(endedBy) ?? Number.MAX_SAFE_INTEGER
  if (entries.removeBelow(kept)) return true
  // Beside a run that goes on and on nothing is below it: what expired as long ago as it was kept goes all the same.
  const run = rows.oneExpired(endedBy, kept, endedBy - retentionMs)
  if (!run) return false
  if (run.lastEntry !== null && run.lastEntry >= kept) entries.remove(run.number, run.lastEntry)
  else entries.removeMarks(run.number)
  rows.setWithoutEntries(run.number)
  return true
}
