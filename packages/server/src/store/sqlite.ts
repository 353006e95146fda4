/** Kysely on a `SqliteFile`, whose one connection the run log uses, too. */

import { ChatKitError } from '@millrace/protocol'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type Migration,
  Migrator,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqliteFile } from './sqlite-file.ts'

/** The file stays open when Kysely is destroyed: who opened it closes it. */
export function sqliteDialect(file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => sqliteDriver(file),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function sqliteDriver(file: SqliteFile): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const statement = file.prepare(sql)
      if (statement.reader) return { rows: statement.all(parameters) as Row[] }
      const { changes, lastInsertRowid } = statement.run(parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    streamQuery() {
      throw new Error('Rows are read by page, not streamed.')
    },
  }
  const run = async (sql: string) => {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
  return {
    init: async () => {},
    async acquireConnection() {
      await file.acquire()
      return connection
    },
    beginTransaction: () => run('BEGIN IMMEDIATE'),
    commitTransaction: () => run('COMMIT'),
    rollbackTransaction: () => run('ROLLBACK'),
    releaseConnection: async () => file.release(),
    destroy: async () => {},
  }
}

/**
 * Brings the file's tables up to date.
 * @throws ChatKitError `unavailable` when the file was made by a later version, or can't be changed.
 */
export async function migrate<Tables>(
  database: Kysely<Tables>,
  path: string,
  migrations: Record<string, Migration>,
): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  const isNewer = error instanceof Error && error.message.includes('corrupted migrations')
  throw new ChatKitError(
    'unavailable',
    isNewer
      ? `The database file ${path} was made by a later version of Millrace. Update Millrace, or set DATABASE_URL to another file.`
      : `The tables of the database file ${path} could not be made. See the cause, or set DATABASE_URL to another file.`,
    { cause: error },
  )
}
