/** Store and run log of a node under test, as its settings say. */
import type { RunLog, Store } from '@millrace/server'
import { openPostgres } from '@millrace/server/postgres'
import { openRedis } from '@millrace/server/redis'
import { openSqlite } from '@millrace/server/sqlite'
import type { NodeSettings } from './control.ts'

interface Storage {
  store: Store
  log: RunLog
  close(): Promise<void>
}

export async function openStorage(data: NodeSettings['data']): Promise<Storage> {
  if ('sqlite' in data) return openSqlite(data.sqlite)
  const redis = openRedis(data.redis, { leaseMs: data.leaseMs })
  const postgres = openPostgres(data.postgres)
  await Promise.all([redis.ready, postgres.ready])
  return {
    log: redis.log,
    store: postgres.store,
    async close() {
      await redis.close()
      await postgres.close()
    },
  }
}
