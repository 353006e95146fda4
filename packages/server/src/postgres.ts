/** The store of many processes, in one PostgreSQL (13 or later). Needs the package `pg`. */
import { setTimeout as delay } from 'node:timers/promises'
import { ChatKitError } from '@millrace/protocol'
import { Kysely } from 'kysely'
import { migratePostgres, POSTGRES, postgresDialect } from './store/postgres.ts'
import { PostgresPool, type PostgresPoolOptions } from './store/postgres-pool.ts'
import { SqlStore, type SqlStoreOptions } from './store/sql.ts'
import { postgresMigrations, type StoreTables } from './store/sql-tables.ts'
import type { Store } from './store/store.ts'

export interface PostgresOptions<Context> extends SqlStoreOptions<Context>, PostgresPoolOptions {}

export interface Postgres<Context> {
  /** Answers `unavailable` whenever PostgreSQL can't be reached, and works again once it can. */
  readonly store: Store<Context>
  /**
   * Resolves once PostgreSQL was reached and its tables are up to date.
   * @throws ChatKitError `unavailable` with what to do where waiting can't help (a database of a later version), or when
   * the store was closed first
   */
  readonly ready: Promise<void>
  /** Ends the connections; what is under way has a few seconds. */
  close(): Promise<void>
}

/** Pauses between tries to get the tables ready, in milliseconds: doubled from the first to the last. */
const FIRST_PAUSE_MS = 250
const LAST_PAUSE_MS = 5000

/**
 * Opens a PostgreSQL database and brings its tables up to date, which any number of nodes may do at once. Returns at once:
 * where PostgreSQL is away it is tried again and again, and `onTrouble` says why.
 * @param url `postgres://user:password@host:5432/database`, with `?sslmode=verify-full` and whatever else `pg` reads there.
 * @throws ChatKitError `unavailable` for an address that is none
 * @example
 * const { store, ready } = openPostgres('postgres://millrace:secret@db/millrace', { onTrouble: console.error })
 * await ready
 */
export function openPostgres<Context = unknown>(
  url: string,
  options: PostgresOptions<Context> = {},
): Postgres<Context> {
  const pool = new PostgresPool(url, options)
  const closing = new AbortController()
  let isReady = false
  const ready = prepare(pool, options.onTrouble, closing.signal).then(() => {
    isReady = true
  })
  // Who does not wait for it learns it from `onTrouble` and from the store.
  ready.catch(() => {})
  const take = async () => {
    if (!isReady) throw new Error('The tables are not ready.')
    return pool.take()
  }
  const database = new Kysely<StoreTables>({ dialect: postgresDialect(take) })
  return {
    store: new SqlStore<Context>(database, options, POSTGRES),
    ready,
    async close() {
      closing.abort()
      await pool.close()
    },
  }
}

async function prepare(
  pool: PostgresPool,
  onTrouble: PostgresPoolOptions['onTrouble'],
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS)) {
    try {
      return await migratePostgres(pool, postgresMigrations)
    } catch (error) {
      if (error instanceof ChatKitError) {
        onTrouble?.(error.message)
        throw error
      }
      pool.failed(error)
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {})
  }
  throw new ChatKitError('unavailable', 'The connection to PostgreSQL was closed before its tables were ready.')
}

export type { PostgresPoolOptions } from './store/postgres-pool.ts'
export type { SqlStoreOptions } from './store/sql.ts'
