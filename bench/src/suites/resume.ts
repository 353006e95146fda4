/** How long a client that lost its connection waits for the first token that it missed, by the length of the answer. */
import { startRedis } from '@millrace/testbed'
import { EVENTS_MEMORY, EVENTS_SQLITE, eventsRedis } from '../contenders.ts'
import { newThread } from '../load.ts'
import { warmUp } from '../measure.ts'
import { type Percentiles, percentiles } from '../percentiles.ts'
import { Reading } from '../reading.ts'
import { redisUsage } from '../redis-usage.ts'
import { type Contender, type ServerProcess, startContender } from '../server-process.ts'
import { machine, table, verdict } from '../table.ts'

const LENGTHS = [100, 1000, 10_000, 100_000]
/** How far before the end of what is said the connection drops. */
const MISSED = 20
const SAMPLES = 100
const WARM_SAMPLES = 10
const WARM_RUNS = 500
const LIMIT_MS = 10

/** Then a token a second: the answer is still being written while clients come back to it. */
const STAYS_OPEN = '+600@1'

/** Where a client left: the last seq it saw, and how many characters it had by then. */
interface Cursor {
  runId: string
  after: number
  characters: number
}

interface Case {
  label: string
  start: Contender
  /** Another node, which the client comes back to; the same one if absent. */
  comesBackTo?: Contender
  resume(cursor: Cursor): { params: Record<string, unknown>; headers?: Record<string, string> }
  isOurs: boolean
}

interface Sampled {
  tookMs: Percentiles
  cpuMs: number
  redisBytes: number
}

export async function resumeReport(): Promise<string> {
  const redis = await startRedis()
  try {
    const lines: string[][] = []
    for (const resumed of casesWith(redis.url)) {
      const samples = await measureCase(resumed, redis.port)
      for (const [index, { tookMs, cpuMs, redisBytes }] of samples.entries()) {
        lines.push([
          resumed.label,
          LENGTHS[index]?.toLocaleString('en') ?? '',
          tookMs.p50.toFixed(1),
          tookMs.p99.toFixed(1),
          cpuMs.toFixed(2),
          redisBytes > 0 ? (redisBytes / 1000).toFixed(1) : '–',
          resumed.isOurs ? verdict(tookMs.p99, LIMIT_MS, 'ms') : '',
        ])
      }
    }
    return [
      `**Resume ${MISSED} tokens before the end of what was said** (${machine()}; ${SAMPLES} times each, while the answer is being written)`,
      '',
      table(
        ['server', 'tokens said', 'p50, ms', 'p99, ms', 'CPU of a resume, ms', 'kB sent by Redis', 'limit of p99'],
        lines,
      ),
      '',
      'From the call that opens the connection to the first token that was missed. CPU: of the server that the client comes back to.',
    ].join('\n')
  } finally {
    await redis.stop()
  }
}

function casesWith(url: string): Case[] {
  const withRedis = eventsRedis(url)
  const ours = {
    isOurs: true,
    resume: ({ runId, after }: Cursor) => ({
      params: { run_id: runId, after },
      headers: { 'last-event-id': `${after}` },
    }),
  }
  const peer: Contender = { label: 'resumable-stream', server: 'resumable-stream', args: [url] }
  return [
    { label: 'Millrace, memory log', start: EVENTS_MEMORY, ...ours },
    { label: 'Millrace, SQLite log', start: EVENTS_SQLITE, ...ours },
    { label: 'Millrace, Redis log', start: withRedis, ...ours },
    { label: 'Millrace, Redis log, another node', start: withRedis, comesBackTo: withRedis, ...ours },
    {
      label: 'resumable-stream, from the start (its default)',
      start: peer,
      resume: ({ runId }) => ({ params: { run_id: runId } }),
      isOurs: false,
    },
    {
      label: 'resumable-stream, `skipCharacters`',
      start: peer,
      resume: ({ runId, characters }) => ({ params: { run_id: runId, skip_characters: characters } }),
      isOurs: false,
    },
    {
      label: 'resumable-stream, `skipCharacters`, another node',
      start: peer,
      comesBackTo: peer,
      resume: ({ runId, characters }) => ({ params: { run_id: runId, skip_characters: characters } }),
      isOurs: false,
    },
  ]
}

async function measureCase({ start, comesBackTo, resume }: Case, redisPort: number): Promise<Sampled[]> {
  const first = await startContender(start)
  const second = comesBackTo && (await startContender(comesBackTo))
  try {
    await warmUp(first, WARM_RUNS)
    if (second) await warmUp(second, WARM_RUNS)
    const back = second ?? first
    const sampled: Sampled[] = []
    for (const length of LENGTHS) {
      const { cursor, reading } = await say(first, length)
      const { params, headers } = resume(cursor)
      const comeBack = () => firstMissed(back, params, headers, cursor.after + 1)
      for (let sample = 0; sample < WARM_SAMPLES; sample += 1) await comeBack()
      const before = await look(back, redisPort)
      const times: number[] = []
      for (let sample = 0; sample < SAMPLES; sample += 1) times.push(await comeBack())
      const after = await look(back, redisPort)
      sampled.push({
        tookMs: percentiles(times),
        cpuMs: (after.cpuUs - before.cpuUs) / 1000 / SAMPLES,
        redisBytes: (after.outputBytes - before.outputBytes) / SAMPLES,
      })
      reading.leave()
    }
    return sampled
  } finally {
    await first.stop()
    await second?.stop()
  }
}

/** An answer that has said so much, and goes on slowly while somebody reads it. */
async function say({ port }: ServerProcess, length: number): Promise<{ cursor: Cursor; reading: Reading }> {
  const reading = new Reading(port, newThread(`${length}${STAYS_OPEN}`), { 'last-event-id': '0' })
  const after = length - MISSED
  const [{ offset }, { 'x-run-id': runId }] = await Promise.all([
    reading.until(`id: ${after + 1}\n`),
    reading.headers,
    reading.until(`id: ${length}\n`),
  ])
  return { cursor: { runId: String(runId), after, characters: offset }, reading }
}

/** Milliseconds to the token that follows the last one seen. */
async function firstMissed(
  { port }: ServerProcess,
  params: Record<string, unknown>,
  headers: Record<string, string> | undefined,
  seq: number,
): Promise<number> {
  const startedAt = performance.now()
  const reading = new Reading(port, { type: 'runs.resume', params }, headers)
  const { atMs } = await reading.until(`id: ${seq}\n`)
  reading.leave()
  await reading.over
  return atMs - startedAt
}

async function look(server: ServerProcess, redisPort: number) {
  const { outputBytes } = await redisUsage(redisPort)
  return { ...(await server.usage()), outputBytes }
}
