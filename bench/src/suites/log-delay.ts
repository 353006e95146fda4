/** What the log adds to a token's way from the handler to the client, against a log in memory. */
import { startRedis } from '@millrace/testbed'
import { EVENTS_MEMORY, EVENTS_SQLITE, eventsRedis } from '../contenders.ts'
import { type LoadProcess, startLoad } from '../load-process.ts'
import { median, warmUp } from '../measure.ts'
import type { Percentiles } from '../percentiles.ts'
import { type Contender, type ServerProcess, startContender } from '../server-process.ts'
import { machine, table, verdict } from '../table.ts'

const STREAMS = 20
const PER_SECOND = 20
const ROUNDS = 5
const ROUND_MS = 10_000
/** So that the streams do not speak all at the same moment. */
const RAMP_MS = 1000
const WARM_RUNS = 1000

/** Milliseconds that a log may add to half of the tokens, and to 99 of 100. */
interface Limit {
  p50: number
  p99: number
}

export async function logDelayReport(): Promise<string> {
  const redis = await startRedis()
  const withRedis = eventsRedis(redis.url)
  const limits = new Map<string, Limit>([
    [EVENTS_SQLITE.label, { p50: 12, p99: 25 }],
    [withRedis.label, { p50: 2, p99: 10 }],
  ])
  try {
    const rounds = await takeTurns([EVENTS_MEMORY, EVENTS_SQLITE, withRedis])
    const [memory] = rounds
    if (!memory) throw new Error('The log in memory was not measured.')
    const lines = rounds.map(({ label, delays }) => {
      const limit = limits.get(label)
      const added = (which: keyof Limit) =>
        median(delays.map((delay, round) => delay[which] - (memory.delays[round]?.[which] ?? Number.NaN)))
      const figures = [label, ms(median(delays.map(({ p50 }) => p50))), ms(median(delays.map(({ p99 }) => p99)))]
      if (!limit) return [...figures, '', '', '']
      const [p50, p99] = [added('p50'), added('p99')]
      return [...figures, ms(p50), ms(p99), `${verdict(p50, limit.p50, 'ms')}, ${verdict(p99, limit.p99, 'ms')}`]
    })
    return [
      `**Delay of the log: ${STREAMS} streams × ${PER_SECOND} tokens/s** (${machine()}; ms, median of ${ROUNDS} rounds of ${ROUND_MS / 1000} s in which the servers take turns)`,
      '',
      table(['server', 'p50', 'p99', 'p50 added', 'p99 added', 'limit'], lines),
      '',
      "From the handler's yield of a token, whose text holds the time, to its arrival in the load's process; added: less the same percentile of the memory log in the same round.",
    ].join('\n')
  } finally {
    await redis.stop()
  }
}

async function takeTurns(contenders: readonly Contender[]): Promise<{ label: string; delays: Percentiles[] }[]> {
  const servers: ServerProcess[] = []
  let load: LoadProcess | undefined
  try {
    for (const contender of contenders) servers.push(await startContender(contender))
    for (const server of servers) await warmUp(server, WARM_RUNS)
    load = await startLoad()
    const rounds = contenders.map(({ label }) => ({ label, delays: [] as Percentiles[] }))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, { port }] of servers.entries()) {
        const tokens = ((RAMP_MS + ROUND_MS) / 1000) * PER_SECOND
        const pace = `${2 * tokens}@${PER_SECOND},said`
        const { delay } = await load.run({ port, streams: STREAMS, pace, rampMs: RAMP_MS, forMs: ROUND_MS })
        rounds[index]?.delays.push(delay)
      }
    }
    return rounds
  } finally {
    await load?.stop()
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function ms(value: number): string {
  return value.toFixed(1)
}
