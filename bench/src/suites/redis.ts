/** What the Redis log costs per token: in the server, in Redis itself, and in the load; each counted by itself. */
import { startRedis } from '@millrace/testbed'
import { EVENTS_MEMORY, EVENTS_SQLITE, eventsRedis } from '../contenders.ts'
import { flood } from '../load.ts'
import { compare } from '../measure.ts'
import { redisUsage } from '../redis-usage.ts'
import { machine, table, verdict } from '../table.ts'

const STREAMS = 50
const TOKENS = 2000
const ROUNDS = 7

const SERVER_RATIO = 1.6
const REDIS_US = 0.6

export async function redisReport(): Promise<string> {
  const redis = await startRedis()
  const withRedis = eventsRedis(redis.url)
  try {
    const rows = await compare({
      contenders: [EVENTS_MEMORY, EVENTS_SQLITE, withRedis],
      rounds: ROUNDS,
      work: async ({ port }) => {
        await flood(port, STREAMS, `${TOKENS}@0`)
        return STREAMS * TOKENS
      },
      beside: async () => (await redisUsage(redis.port)).cpuUs,
    })
    const lines = rows.map(({ label, cpuUs, ratio, loadUs, besideUs }) => {
      const isRedis = label === withRedis.label
      return [
        label,
        cpuUs.toFixed(1),
        ratio.toFixed(2),
        isRedis ? besideUs.toFixed(2) : '–',
        loadUs.toFixed(1),
        isRedis ? `ratio ${verdict(ratio, SERVER_RATIO)}, in Redis ${verdict(besideUs, REDIS_US, 'µs')}` : '',
      ]
    })
    return [
      `**Redis log: ${STREAMS} streams × ${TOKENS} tokens, as fast as they go** (${machine()}; CPU µs per token, median of ${ROUNDS} rounds in which the servers take turns)`,
      '',
      table(['server', 'server', 'ratio to memory', 'Redis', 'load', 'limit'], lines),
      '',
      'Server and load: user and system time of their processes. Redis: `used_cpu_user` and `used_cpu_sys`, all its threads.',
    ].join('\n')
  } finally {
    await redis.stop()
  }
}
