/** Three nodes, a Redis that dies, and a network that breaks, all at random: whatever happens, what every run log promises holds. */
import { ChatKitError } from '@millrace/protocol'
import { type FaultyProxy, faultyProxy, type RedisServer, seededRandom, startRedis } from '@millrace/testbed'
import { afterEach, expect, test } from 'vitest'
import { request } from '../testing/run-log-steps.ts'
import { RedisRunLog } from './redis.ts'
import type { RunEntry, RunWriter } from './run-log.ts'

const LEASE_MS = 800

/** A run and everything that was seen of it. */
interface Followed {
  runId: string
  threadId: string
  /** Tokens that the writer knows to be durable. */
  durable: number
  appended: number
  readings: { after: number; entries: RunEntry[] }[]
}

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

for (const seed of [1, 2]) {
  test(`seed ${seed}: nothing is lost, doubled or out of order, every reader sees the end, no thread stays locked`, async () => {
    const random = seededRandom(seed)
    const below = (bound: number) => Math.floor(random() * bound)
    const server = await startRedis({ persistence: 'always' })
    closing.push(() => server.stop())
    const proxies: FaultyProxy[] = []
    const logs: RedisRunLog[] = []
    for (let n = 0; n < 3; n += 1) {
      const proxy = await faultyProxy({ host: '127.0.0.1', port: server.port }, { seed: seed * 10 + n })
      closing.push(() => proxy.stop())
      const log = new RedisRunLog(`redis://127.0.0.1:${proxy.port}`, { leaseMs: LEASE_MS })
      closing.push(() => log.close())
      await log.ready
      proxies.push(proxy)
      logs.push(log)
      closing.push(adopting(log))
    }
    const any = <T>(many: readonly T[]): T => many[below(many.length)] as T

    const runs: Followed[] = []
    const work: Promise<void>[] = []
    for (let n = 0; n < 30; n += 1) {
      const asked = request({ threadId: `t${seed}-${n}` })
      const opening = await any(logs)
        .open(asked)
        .catch(() => undefined)
      if (opening && 'writer' in opening) {
        const run: Followed = { ...asked, durable: 0, appended: 0, readings: [] }
        runs.push(run)
        work.push(writing(opening.writer, run, 20 + below(200), below))
        for (let reader = 0; reader < 3; reader += 1) work.push(reading(any(logs), run, below(30), logs, below))
      }
      await fault(any(proxies), server, below)
    }
    for (const proxy of proxies) proxy.restore()
    server.resume()
    await Promise.all(work)

    expect(runs.length).toBeGreaterThan(4)
    for (const { runId, durable, appended, readings, threadId } of runs) {
      expect(await patiently(() => any(logs).open(request({ threadId })))).toHaveProperty('writer')
      if ((await patiently(() => any(logs).find({ runId }))) === undefined) {
        // It was cut off before its first entry, and is as if it had never been.
        expect([durable, ...readings.map(({ entries }) => entries.length)]).toEqual([0, 0, 0, 0])
        continue
      }
      const whole = await patiently(() => read(any(logs), runId))
      const tokens = whole.flatMap((entry) => ('data' in entry ? [entry.data] : []))
      expect(tokens).toEqual(Array.from({ length: tokens.length }, (_, n) => `"${n}"`))
      expect(tokens.length).toBeGreaterThanOrEqual(durable)
      expect(tokens.length).toBeLessThanOrEqual(appended)
      expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index + 1))
      expect(whole.filter((entry) => 'end' in entry)).toHaveLength(1)
      for (const { after, entries } of readings) expect(entries).toEqual(whole.slice(after))
    }
  }, 60_000)
}

/** What adopts ends at once, as a server does. */
function adopting(log: RedisRunLog): () => void {
  let isOver = false
  const adopt = async () => {
    while (!isOver) {
      const orphans = await log.adopt().catch(() => [])
      for (const { writer } of orphans) writer.end({ outcome: 'interrupted' }).catch(() => {})
      await sleep(log.adoptEveryMs)
    }
  }
  void adopt()
  return () => {
    isOver = true
  }
}

async function writing(
  writer: RunWriter,
  run: Followed,
  count: number,
  below: (bound: number) => number,
): Promise<void> {
  while (run.appended < count && !writer.signal.aborted) {
    writer.append(`"${run.appended}"`, 'token')
    run.appended += 1
    if (below(4) > 0) continue
    const { appended } = run
    await Promise.all([
      sleep(below(40)),
      writer.flush().then(
        () => {
          run.durable = appended
        },
        () => {},
      ),
    ])
  }
  await writer.end({ outcome: writer.signal.aborted ? 'failed' : 'completed' }).catch(() => {})
}

/** Reads to the end, now here and now there, and comes back where a reading fails. */
async function reading(
  log: RedisRunLog,
  run: Followed,
  after: number,
  logs: RedisRunLog[],
  below: (bound: number) => number,
): Promise<void> {
  const reading: Followed['readings'][number] = { after, entries: [] }
  run.readings.push(reading)
  let node = log
  for (;;) {
    const seen = reading.entries.at(-1)?.seq ?? after
    try {
      for await (const batch of node.read(run.runId, seen, new AbortController().signal)) reading.entries.push(...batch)
      return
    } catch (error) {
      if (error instanceof ChatKitError && error.code === 'not_found') return
      expect(error).toMatchObject({ code: 'unavailable' })
      await sleep(20)
      node = logs[below(logs.length)] ?? log
    }
  }
}

/** A machine under load may break a connection once more. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 50; ; tries -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (tries === 0 || !(error instanceof ChatKitError) || error.code !== 'unavailable') throw error
      await sleep(100)
    }
  }
}

async function read(log: RedisRunLog, runId: string): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  for await (const batch of log.read(runId, 0, new AbortController().signal)) entries.push(...batch)
  return entries
}

async function fault(proxy: FaultyProxy, server: RedisServer, below: (bound: number) => number): Promise<void> {
  switch (below(10)) {
    case 0:
    case 1:
      proxy.cut()
      break
    case 2:
      proxy.behave({ cut: { after: 0 } })
      await sleep(below(100))
      proxy.restore()
      break
    case 3:
      proxy.behave({ hold: true })
      await sleep(below(2 * LEASE_MS))
      proxy.restore()
      break
    case 4:
      proxy.behave({ split: 'random' })
      break
    case 5:
      server.pause()
      await sleep(below(LEASE_MS))
      server.resume()
      break
    case 6:
      await server.kill()
      await sleep(below(300))
      await server.restart()
      break
    default:
      await sleep(below(200))
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
