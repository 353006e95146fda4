/** Where threads and runs are kept, as the settings say: one SQLite file, PostgreSQL, Redis, and what they can be together. */
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ChatKitError } from '@millrace/protocol'
import type { RunLog, Store } from '@millrace/server'
import { openPostgres } from '@millrace/server/postgres'
import { openRedis } from '@millrace/server/redis'
import { openSqlite } from '@millrace/server/sqlite'
import { Redis } from 'ioredis'
import type { Config } from './config/settings.ts'
import type { Log } from './log.ts'

/** Where a server whose threads lie elsewhere keeps what belongs to the machine. */
const OWN_FOLDER = '.millrace'

/** Between two tries of the connection for counting: meanwhile each node counts for itself. */
const COUNTING_RETRY_MS = 1000

export interface Storage<Context> {
  store: Store<Context>
  log: RunLog
  /** Of attachments, and of what is made once for this installation. */
  folder: string
  /** For people: where the threads are, without passwords. */
  description: string
  /** Whether other nodes may share it. */
  isShared: boolean
  /** Where it is shared, for what the nodes count together. */
  redis?: Redis
  close(): Promise<void>
}

interface Opened {
  /** Rejects where waiting can't help. */
  readonly ready?: Promise<void>
  close(): Promise<void>
}

/** How long a start waits for databases that are there as a rule. Then it goes on without them. */
const READY_MS = 3000

/**
 * Opens what the settings name. PostgreSQL and Redis may be away: then everything is `unavailable`, the log says why, and
 * they are tried again until they are there.
 * @throws ChatKitError `unavailable` for a SQLite file, a database or a Redis that can't be used at all: of a later or too old
 * version, or with a wrong address
 */
export async function openStorage<Context>(config: Config, log: Log): Promise<Storage<Context>> {
  const opened: Opened[] = []
  try {
    const storage = await open<Context>(config, log, opened)
    await readySoon(opened)
    return storage
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

async function open<Context>(config: Config, log: Log, opened: Opened[]): Promise<Storage<Context>> {
  const { database, redisUrl, runRetentionMs: retentionMs, runLeaseMs: leaseMs } = config
  const close = () => closeAll(opened)
  const runs = redisUrl === undefined ? undefined : openRuns(redisUrl, { retentionMs, leaseMs }, log)
  if (runs) opened.push(runs)
  if (database.kind === 'sqlite') {
    const sqlite = await openSqlite<Context>(database.path, { retentionMs })
    opened.push(sqlite)
    return {
      ...sqlite,
      ...runs?.parts,
      folder: dirname(database.path),
      description: database.path,
      isShared: false,
      close,
    }
  }
  const postgres = openPostgres<Context>(database.address, {
    onTrouble: (message) => log.warn(message),
    onRecovered: (message) => log.info(message),
  })
  opened.push(postgres)
  const shared = { store: postgres.store, folder: OWN_FOLDER, description: withoutPassword(database.address), close }
  if (runs) return { ...shared, ...runs.parts, isShared: true }
  // The threads alone may be shared; two nodes with a log each would not know of each other's runs.
  const runsFile = join(OWN_FOLDER, 'runs.db')
  const local = await openSqlite(runsFile, { retentionMs })
  opened.push(local)
  log.info(
    { runs: runsFile },
    'runs are kept on this machine: set REDIS_URL before a second node uses the same database',
  )
  return { ...shared, log: local.log, isShared: false }
}

async function readySoon(opened: readonly Opened[]): Promise<void> {
  const patience = new AbortController()
  const late = delay(READY_MS, undefined, { signal: patience.signal }).catch(() => {})
  try {
    await Promise.race([Promise.all(opened.map(({ ready }) => ready)), late])
  } finally {
    patience.abort()
  }
}

interface Runs extends Opened {
  parts: { log: RunLog; redis: Redis }
}

/** The run log, and a connection for what the nodes count together. */
function openRuns(url: string, options: { retentionMs: number; leaseMs: number }, log: Log): Runs {
  const runs = openRedis(url, {
    ...options,
    onTrouble: ({ message }) => log.warn(message),
    onRecovered: () => log.info('Redis answers again'),
  })
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => COUNTING_RETRY_MS,
  })
  // The run log says what is wrong with Redis; once is enough.
  redis.on('error', () => {})
  return {
    ready: runs.ready,
    parts: { log: runs.log, redis },
    async close() {
      redis.disconnect()
      await runs.close()
    },
  }
}

function withoutPassword(address: string): string {
  if (!URL.canParse(address)) throw new ChatKitError('invalid_request', 'DATABASE_URL is no address.')
  const { host, pathname } = new URL(address)
  return `postgres://${host}${pathname}`
}

/** Closes in the opposite order of opening. */
async function closeAll(opened: readonly Opened[]): Promise<void> {
  for (const part of [...opened].reverse()) await part.close()
}
