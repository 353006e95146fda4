import { type RedisServer, startRedis } from '@millrace/testbed'
import { Redis } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { runLogContract } from '../testing/run-log-contract.ts'
import type { RunLogFixture, RunLogFixtureOptions } from '../testing/run-log-steps.ts'
import { RedisRunLog } from './redis.ts'

let server: RedisServer
let redis: Redis
let fixtures = 0

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

/** So long that no lease is renewed while a test runs: what makes one run out is the test. */
const LEASE_MS = 60_000

function fixtureWith(prefixOf: () => string | undefined) {
  return async (options: RunLogFixtureOptions): Promise<RunLogFixture> => {
    const prefix = prefixOf()
    const logs: RedisRunLog[] = []
    const keys = (pattern: string) => redis.keys(`${prefix ?? 'millrace:'}${pattern}`)
    const open = async () => {
      const log = new RedisRunLog(server.url, {
        ...options,
        ...(prefix === undefined ? {} : { prefix }),
        leaseMs: LEASE_MS,
        // The server has only just started.
        settleMs: 0,
      })
      logs.push(log)
      await log.ready
      return log
    }
    return {
      log: await open(),
      second: open,
      successor: async () => {
        for (const key of await keys('lease:*')) await redis.del(key)
        for (const id of await redis.zrange(`${prefix ?? 'millrace:'}running`, 0, '-1')) {
          await redis.zadd(`${prefix ?? 'millrace:'}running`, 0, id)
        }
        return open()
      },
      // Redis has only its own clock, so everything that is to go comes nearer to its time. Living writers renew their leases.
      advance: async (ms) => {
        for (const key of await keys('*')) {
          if (key.includes('lease:')) continue
          const left = await redis.pttl(key)
          expectTimeToLive(key, left)
          await redis.pexpire(key, Math.max(left - ms, 0))
        }
      },
      close: async () => {
        for (const log of logs) await log.close()
        const left = await keys('*')
        if (left.length > 0) await redis.del(...left)
      },
    }
  }
}

/** -1: it would stay for ever. */
function expectTimeToLive(key: string, ms: number): void {
  if (ms === -1) throw new Error(`${key} never expires`)
}

runLogContract(
  'redis',
  fixtureWith(() => undefined),
  { nodes: 2, outlives: true },
)

runLogContract(
  'redis with a prefix',
  fixtureWith(() => {
    fixtures += 1
    return `app ${fixtures}:é:`
  }),
  { nodes: 2, outlives: true },
)
