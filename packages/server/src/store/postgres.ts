/** Kysely on a `PostgresPool`, and the store's tables there. */
import { ChatKitError } from '@millrace/protocol'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Generated,
  Kysely,
  type Migration,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely'
import { DatabaseError } from 'pg'
import type { PostgresConnection, PostgresPool } from './postgres-pool.ts'
import type { SqlDialect } from './sql-writes.ts'

/** Serialization failure and deadlock. */
const CONFLICTS = ['40001', '40P01']

export const POSTGRES: SqlDialect = {
  locked: sql`FOR NO KEY UPDATE OF own`,
  isConflict: (error) => error instanceof DatabaseError && CONFLICTS.includes(error.code ?? ''),
}

/**
 * A driver of ours, because Kysely's gives a connection back to the pool whose statement got no answer in time: with its
 * transaction open, into which the next request would write.
 */
export function postgresDialect(take: () => Promise<PostgresConnection>): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => postgresDriver(take),
    createIntrospector: (database) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

/** A connection as Kysely sees it. */
interface KyselyConnection extends DatabaseConnection {
  readonly taken: PostgresConnection
}

function postgresDriver(take: () => Promise<PostgresConnection>): Driver {
  const takenBy = (connection: DatabaseConnection) => (connection as KyselyConnection).taken
  const run = async (connection: DatabaseConnection, statement: string) => {
    await connection.executeQuery(CompiledQuery.raw(statement))
  }
  return {
    init: async () => {},
    acquireConnection: async () => kyselyConnection(await take()),
    beginTransaction: (connection) => run(connection, 'BEGIN ISOLATION LEVEL READ COMMITTED'),
    commitTransaction: (connection) => run(connection, 'COMMIT'),
    async rollbackTransaction(connection) {
      // A broken one is closed, which rolls back, too.
      if (!takenBy(connection).isBroken) await run(connection, 'ROLLBACK')
    },
    releaseConnection: async (connection) => takenBy(connection).release(),
    destroy: async () => {},
  }
}

function kyselyConnection(taken: PostgresConnection): KyselyConnection {
  return {
    taken,
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, rowCount } = await taken.query(sql, parameters)
      return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) }
    },
    streamQuery() {
      throw new Error('Rows are read by page, not streamed.')
    },
  }
}

/** Nobody else's advisory lock, as far as one can know. */
const MIGRATION_LOCK = 6_187_402_915

/** How long a node waits for another one that is at it, and how long one statement may take. */
const LOCK_MS = 60_000
const MIGRATION_MS = 600_000

interface MigrationTables {
  /** Steps that were taken. */
  millrace_migrations: { name: string; at: Generated<Date> }
}

/**
 * Brings the tables up to date, in one transaction. Any number of nodes may do it at once: they come one after the other.
 * @throws ChatKitError `unavailable` where the database was made by a later version, and trying again can't help
 * @throws Error what `pg` throws, for anything else
 */
export async function migratePostgres(pool: PostgresPool, migrations: Record<string, Migration>): Promise<void> {
  const take = () => pool.take({ timeoutMs: MIGRATION_MS, isTrial: true })
  const database = new Kysely<MigrationTables>({ dialect: postgresDialect(take) })
  await database.transaction().execute(async (transaction) => {
    await sql`SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', ${`${LOCK_MS}`}, true)`.execute(
      transaction,
    )
    await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction)
    const { rows } = await sql<{ isThere: boolean; encoding: string }>`SELECT
      to_regclass('millrace_migrations') IS NOT NULL AS "isThere", current_setting('server_encoding') AS encoding
    `.execute(transaction)
    const { database: name, host, port } = pool.address
    const where = `The database ${JSON.stringify(name)} of PostgreSQL at ${host}:${port}`
    if (rows[0]?.encoding !== 'UTF8') {
      throw new ChatKitError(
        'unavailable',
        `${where} does not store UTF-8. Set DATABASE_URL to one that was made with ENCODING 'UTF8'.`,
      )
    }
    // Only where it is missing: a user who may not make tables can use those that there are.
    if (!rows[0].isThere) {
      await sql`CREATE TABLE millrace_migrations (name TEXT PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now())`.execute(
        transaction,
      )
    }
    const taken = new Set((await transaction.selectFrom('millrace_migrations').select('name').execute()).map(nameOf))
    for (const step of taken) {
      if (step in migrations) continue
      throw new ChatKitError(
        'unavailable',
        `${where} was made by a later version of Millrace. Update Millrace, or set DATABASE_URL to another database.`,
      )
    }
    for (const name of Object.keys(migrations).sort()) {
      if (taken.has(name)) continue
      await migrations[name]?.up(transaction)
      await transaction.insertInto('millrace_migrations').values({ name }).execute()
    }
  })
  pool.worked()
}

function nameOf({ name }: { name: string }): string {
  return name
}
