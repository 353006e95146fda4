/** How long readers on another node wait for the end of an answer whose node was killed. */
import { startPostgres, startRedis } from '@millrace/testbed'
import { newThread } from '../load.ts'
import { type Percentiles, percentiles } from '../percentiles.ts'
import { Reading } from '../reading.ts'
import { type ServerProcess, startContender } from '../server-process.ts'
import { machine, table, verdict } from '../table.ts'

const LEASES = [
  { leaseMs: 2000, rounds: 5 },
  { leaseMs: 10_000, rounds: 3 },
]
const RUNS = 20
const READERS = 5
/** So long that none of them ends by itself. */
const PACE = '10000@20'
/** Seen by every reader before the node dies. */
const SEEN = 20
const SLACK_MS = 2000

export async function failoverReport(): Promise<string> {
  const redis = await startRedis()
  const postgres = await startPostgres()
  try {
    const lines: string[][] = []
    for (const { leaseMs, rounds } of LEASES) {
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        times.push(...(await killWhileRead([redis.url, `${leaseMs}`, await postgres.createDatabase()])))
      }
      const { count, p50, p99, max }: Percentiles = percentiles(times)
      lines.push([
        `${leaseMs / 1000} s`,
        `${count} of ${rounds * RUNS * READERS}`,
        ...[p50, p99, max].map((value) => (value / 1000).toFixed(2)),
        verdict(max / 1000, (leaseMs + SLACK_MS) / 1000, 's'),
      ])
    }
    return [
      `**Readers of a node that was killed** (${machine()}; ${RUNS} runs, ${READERS} readers each; two nodes, Redis, PostgreSQL)`,
      '',
      table(['lease', 'saw the end', 'p50, s', 'p99, s', 'last, s', 'limit'], lines),
      '',
      'From `kill -9` of the node that writes to the end of the answer in each reader. One reader of each run had started it, lost its connection, and went on at the other node; the others were there already.',
    ].join('\n')
  } finally {
    await redis.stop()
    await postgres.stop()
  }
}

/** Milliseconds from the death of the writing node to each reader's end. */
async function killWhileRead(storage: readonly string[]): Promise<number[]> {
  const node = { server: 'millrace', args: ['events', ...storage] }
  const [writing, other] = [await startContender(node), await startContender(node)]
  try {
    const starters = Array.from({ length: RUNS }, () => start(writing))
    const runs = await Promise.all(starters.map(({ runId }) => runId))
    const readers = runs.flatMap((runId) => Array.from({ length: READERS - 1 }, () => follow(other, runId, 0)))
    await Promise.all([...starters.map(({ seen }) => seen), ...readers.map((reader) => reader.until(`id: ${SEEN}\n`))])
    const killedAt = performance.now()
    const seeEnd = async (reader: Reading) => (await reader.until('"run.ended"')).atMs - killedAt
    const ends = [
      ...readers.map(seeEnd),
      ...starters.map(async ({ reading, runId }) => {
        await reading.over
        return seeEnd(follow(other, await runId, SEEN))
      }),
    ]
    await writing.kill()
    return await Promise.all(ends)
  } finally {
    await writing.kill()
    await other.stop()
  }
}

function start({ port }: ServerProcess): { reading: Reading; runId: Promise<string>; seen: Promise<unknown> } {
  const reading = new Reading(port, newThread(PACE), { 'last-event-id': '0' })
  const runId = reading.headers.then((headers) => String(headers['x-run-id']))
  return { reading, runId, seen: reading.until(`id: ${SEEN}\n`) }
}

function follow({ port }: ServerProcess, runId: string, after: number): Reading {
  const resume = { type: 'runs.resume', params: { run_id: runId, after } }
  return new Reading(port, resume, { 'last-event-id': `${after}` })
}
