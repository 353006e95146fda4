/** The store and the run log of one process, in one SQLite file. Needs the package `libsql`. */
import { Kysely } from 'kysely'
import type { RunLog } from './log/run-log.ts'
import { SqliteRunLog, type SqliteRunLogOptions } from './log/sqlite.ts'
import { runLogMigrations } from './log/sqlite-migrations.ts'
import { SqlStore, type SqlStoreOptions } from './store/sql.ts'
import { type StoreTables, storeMigrations } from './store/sql-tables.ts'
import { migrate, sqliteDialect } from './store/sqlite.ts'
import { SqliteFile } from './store/sqlite-file.ts'
import type { Store } from './store/store.ts'

export interface SqliteOptions<Context> extends SqlStoreOptions<Context>, SqliteRunLogOptions {}

export interface Sqlite<Context> {
  readonly store: Store<Context>
  readonly log: RunLog
  /** Closes the log, the store and the file. Runs that have not ended are adopted at the next start. */
  close(): Promise<void>
}

/**
 * Opens a SQLite file, which is made with its folder where it is missing, and brings its tables up to date. The file
 * belongs to this process until it is closed or the process ends, however it ends.
 * @param path Of the file, or `:memory:`.
 * @throws ChatKitError `unavailable` with what to do: in use by another process, not writable, no database, a later version.
 * @example
 * const { store, log } = await openSqlite('.millrace/millrace.db')
 */
export async function openSqlite<Context = unknown>(
  path: string,
  options: SqliteOptions<Context> = {},
): Promise<Sqlite<Context>> {
  const file = new SqliteFile(path)
  try {
    const database = new Kysely<StoreTables>({ dialect: sqliteDialect(file) })
    await migrate(database, file.path, { ...storeMigrations, ...runLogMigrations })
    const log = new SqliteRunLog(file, options)
    return {
      store: new SqlStore<Context>(database, options),
      log,
      async close() {
        await log.close()
        file.close()
      },
    }
  } catch (error) {
    file.close()
    throw error
  }
}

export type { SqliteRunLogOptions } from './log/sqlite.ts'
export type { SqlStoreOptions } from './store/sql.ts'
