/** Frees the space of expired runs in the SQLite run log, and forgets runs that ended long ago. */
import type { SqliteFile } from '../store/sqlite-file.ts'
import { FORGET_AFTER_MS, type Retention, sweepIntervalMs } from './retention.ts'
import type { SqliteRunRows } from './sqlite-rows.ts'

/** Sweeps now and then, without keeping the process alive, until the timer is cleared. */
export function sweepSqlite(
  file: SqliteFile,
  rows: SqliteRunRows,
  { retentionMs, now }: Required<Retention>,
): NodeJS.Timeout {
  const sweep = () => {
    if (!file.isOpen) return
    const endedBy = now() - retentionMs
    try {
      const number = rows.oneWithEntries(endedBy)
      if (number === undefined) {
        rows.forgetEnded(endedBy - FORGET_AFTER_MS)
        return
      }
      file.transaction(() => rows.dropEntries(number))
    } catch {
      // The next sweep tries again, and the log's `check` tells what is wrong.
      return
    }
    // One run at a time: a deletion blocks the event loop.
    setImmediate(() => file.whenFree(sweep))
  }
  return setInterval(() => file.whenFree(sweep), sweepIntervalMs(retentionMs)).unref()
}
