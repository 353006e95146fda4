/** A thousand answers at once on one core, each at 20 tokens a second: how late a token is, and how long the first takes. */
import { setTimeout } from 'node:timers/promises'
import { startRedis } from '@millrace/testbed'
import { AGENT_MEMORY, agentRedis, BARE, EVENTS_MEMORY, eventsRedis } from '../contenders.ts'
import { canPin, pin } from '../cores.ts'
import { startLoad } from '../load-process.ts'
import type { StreamsReport } from '../loads/open-streams.ts'
import { warmUp } from '../measure.ts'
import { redisUsage } from '../redis-usage.ts'
import { type Contender, type ServerProcess, startContender } from '../server-process.ts'
import { machine, table, verdict } from '../table.ts'

const STREAMS = 1000
const PER_SECOND = 20
/** Of an answer: 15 s. They start evenly over that time, so that as many end and begin in every second after it. */
const TOKENS = 300
const RAMP_MS = (TOKENS / PER_SECOND) * 1000
const MEASURE_MS = 20_000
const WARM_RUNS = 1000

/** As `npm start` has it: with room for a second of garbage a collection finds little that is alive. The same for all. */
const NODE_ARGUMENTS = ['--max-semi-space-size=32']

const LAG_MS = 250
const FIRST_TOKEN_MS = 1000

const SERVER_CORE = 0
const OTHER_CORE = 1

interface Row {
  label: string
  report: StreamsReport
  serverShare: number
  redisShare: number
}

export async function streams1000Report(): Promise<string> {
  const redis = await startRedis()
  pin(redis.pid, OTHER_CORE)
  const withRedis = eventsRedis(redis.url)
  const limited = new Set([withRedis.label])
  try {
    const rows: Row[] = []
    for (const contender of [BARE, EVENTS_MEMORY, withRedis, AGENT_MEMORY, agentRedis(redis.url)]) {
      rows.push(await measure(contender, redis.port))
    }
    const lines = rows.map(({ label, report, serverShare, redisShare }) => {
      const { delay, firstToken, tokens, ownShare, ownDelayP99 } = report
      const lag = verdict(delay.p99, LAG_MS, 'ms')
      const first = verdict(firstToken.p99, FIRST_TOKEN_MS, 'ms')
      return [
        label,
        `${delay.p50.toFixed(0)} / ${delay.p99.toFixed(0)}`,
        `${firstToken.p50.toFixed(0)} / ${firstToken.p99.toFixed(0)}`,
        (tokens / (MEASURE_MS / 1000)).toFixed(0),
        percent(serverShare),
        percent(redisShare),
        percent(ownShare),
        ownDelayP99.toFixed(0),
        limited.has(label) ? `lag ${lag}, first token ${first}` : '',
      ]
    })
    const where = canPin
      ? `the server held to core ${SERVER_CORE}, load and Redis to core ${OTHER_CORE}`
      : 'the processes run on any core: there is no `taskset` here, or one core only'
    return [
      `**${STREAMS} streams × ${PER_SECOND} tokens/s on one core** (${machine()}, ${NODE_ARGUMENTS.join(' ')}; ${where}; ${MEASURE_MS / 1000} s)`,
      '',
      table(
        [
          'server',
          'lag p50 / p99, ms',
          'first token p50 / p99, ms',
          'tokens/s',
          'server CPU',
          'Redis CPU',
          'load CPU',
          "load's own lag p99, ms",
          'limit',
        ],
        lines,
      ),
      '',
      'Lag: from the moment at which a token was due, whether or not the server was in time to say it, to its arrival. First token: from the call that opens the connection. Shares are of one core.',
    ].join('\n')
  } finally {
    await redis.stop()
  }
}

async function measure(contender: Contender, redisPort: number): Promise<Row> {
  const server = await startContender(contender, NODE_ARGUMENTS)
  const load = await startLoad()
  try {
    await warmUp(server, WARM_RUNS)
    pin(server.pid, SERVER_CORE)
    pin(load.pid, OTHER_CORE)
    const pace = `${TOKENS}@${PER_SECOND},due`
    const running = load.run({ port: server.port, streams: STREAMS, pace, rampMs: RAMP_MS, forMs: MEASURE_MS })
    await Promise.race([setTimeout(RAMP_MS), running])
    const before = await look(server, redisPort)
    await Promise.race([setTimeout(MEASURE_MS), running])
    const after = await look(server, redisPort)
    const tookUs = 1000 * (after.atMs - before.atMs)
    return {
      label: contender.label,
      report: await running,
      serverShare: (after.serverUs - before.serverUs) / tookUs,
      redisShare: (after.redisUs - before.redisUs) / tookUs,
    }
  } finally {
    await load.stop()
    await server.stop()
  }
}

async function look(server: ServerProcess, redisPort: number) {
  const [{ cpuUs: serverUs }, { cpuUs: redisUs }] = await Promise.all([server.usage(), redisUsage(redisPort)])
  return { atMs: performance.now(), serverUs, redisUs }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
