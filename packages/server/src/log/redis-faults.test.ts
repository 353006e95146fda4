/** What the Redis run log does when Redis, the network or a process fails. */
import { execFileSync } from 'node:child_process'
import { type FaultyProxy, faultyProxy, freePort, type RedisServer, startRedis } from '@millrace/testbed'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aborted, COMPLETED, collect, FAILED, request, started } from '../testing/run-log-steps.ts'
import { RedisRunLog, type RedisRunLogOptions } from './redis.ts'
import { RedisKeys } from './redis-keys.ts'
import { scripts } from './redis-scripts.ts'
import { isTooOld } from './redis-version.ts'
import type { RunEntry, RunLog, RunWriter } from './run-log.ts'

const LEASE_MS = 2000

const closing: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function redisServer(options?: Parameters<typeof startRedis>[0]): Promise<RedisServer> {
  const server = await startRedis(options)
  closing.push(() => server.stop())
  return server
}

function admin(server: RedisServer): Redis {
  const redis = new Redis(server.url)
  redis.on('error', () => {})
  closing.push(() => redis.disconnect())
  return redis
}

function node(url: string, options: RedisRunLogOptions = {}): RedisRunLog {
  const log = new RedisRunLog(url, { leaseMs: LEASE_MS, settleMs: 0, ...options })
  closing.push(() => log.close())
  return log
}

async function proxyTo(server: RedisServer): Promise<FaultyProxy & { redisUrl: string }> {
  const proxy = await faultyProxy({ host: '127.0.0.1', port: server.port })
  closing.push(() => proxy.stop())
  return Object.assign(proxy, { redisUrl: `redis://127.0.0.1:${proxy.port}` })
}

/** Appends a token every few milliseconds until told to stop; resolves with how many there were. */
function talking(writer: RunWriter): { stop(): number } {
  let count = 0
  const timer = setInterval(() => writer.append(`"${count++}"`, 'token'), 3)
  closing.push(() => clearInterval(timer))
  return {
    stop() {
      clearInterval(timer)
      return count
    },
  }
}

function words(entries: readonly RunEntry[]): string[] {
  return entries.flatMap((entry) => ('data' in entry ? [entry.data] : []))
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `"${n}"`)
}

async function lengthOf(log: RunLog, runId: string): Promise<number> {
  const found = await log.find({ runId })
  return found && found !== 'expired' ? found.lastSeq : 0
}

describe('Redis is killed', () => {
  test('and comes back with its append-only file: nothing is lost, nothing doubled, and the run goes on', async () => {
    const server = await redisServer({ persistence: 'always' })
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    const reading = [collect(here, run.runId), collect(there, run.runId)]
    const talk = talking(writer)
    for (let round = 0; round < 3; round += 1) {
      const before = await lengthOf(here, run.runId)
      await expect.poll(() => lengthOf(here, run.runId)).toBeGreaterThan(before + 10)
      await server.kill()
      await server.restart()
    }
    const before = await lengthOf(here, run.runId)
    await expect.poll(() => lengthOf(here, run.runId)).toBeGreaterThan(before)
    const count = talk.stop()
    await writer.end(COMPLETED)
    expect(writer.signal.aborted).toBe(false)
    for (const entries of [...(await Promise.all(reading)), await collect(there, run.runId)]) {
      expect(words(entries)).toEqual(numbers(count))
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: count + 1 }, (_, n) => n + 1))
    }
  })

  test('and comes back empty: writer and readers are told, and new runs begin', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here, { threadId: 't' })
    writer.append('"a"', 'token')
    await writer.flush()
    const reading = [collect(here, run.runId), collect(there, run.runId)]
    const failures = reading.map((read) => expect(read).rejects.toMatchObject({ code: 'unavailable' }))
    await expect.poll(() => admin(server).client('LIST')).toContain('cmd=xread')
    await server.kill()
    await server.restart()
    await aborted(writer.signal)
    expect(writer.signal.reason).toBe('unavailable')
    // Nobody else can have it, so what was said may be saved.
    await writer.hold()
    await expect(writer.end(FAILED)).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all(failures)
    await expect.poll(() => here.open(request({ threadId: 't' })).catch(() => {})).toHaveProperty('writer')
  })

  test('and comes back without its last second: what is still in memory is written again', async () => {
    const server = await redisServer()
    const redis = admin(server)
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    const { entries } = new RedisKeys('millrace:').run(run.runId)
    const say = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        writer.append(`"${n}"`, 'token')
        await writer.flush()
      }
    }
    await say(0, 5)
    const dump = await redis.dumpBuffer(entries)
    await say(5, 9)
    const reading = collect(there, run.runId)
    if (dump) await redis.restore(entries, 0, dump, 'REPLACE')
    await say(9, 12)
    await writer.end(COMPLETED)
    expect(words(await collect(there, run.runId))).toEqual(numbers(12))
    expect(words(await reading)).toEqual(numbers(12))
  })

  test('and comes back without what is no longer in memory: the run fails, and has an end all the same', async () => {
    const server = await redisServer()
    const redis = admin(server)
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    const { entries } = new RedisKeys('millrace:').run(run.runId)
    const say = async () => {
      writer.append(JSON.stringify('x'.repeat(10_000)), 'token')
      await writer.flush()
    }
    await say()
    const dump = await redis.dumpBuffer(entries)
    for (let n = 0; n < 40; n += 1) await say()
    if (dump) await redis.restore(entries, 0, dump, 'REPLACE')
    writer.append('"late"', 'token')
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' })
    expect(writer.signal.reason).toBe('unavailable')
    await writer.hold()
    await writer.end(FAILED).catch(() => {})
    await expect.poll(() => there.find({ runId: run.runId })).toMatchObject({ end: FAILED, lastSeq: 2 })
  })
})

describe('Redis does not answer', () => {
  test('to the writer yet: a reader elsewhere that is ahead of it is known to be so', async () => {
    const server = await redisServer()
    const proxy = await proxyTo(server)
    const [here, there] = [node(proxy.redisUrl), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    proxy.behave({ delayMs: 300 })
    writer.append('"one"', 'token')
    expect(await collect(there, run.runId, 0, 1)).toHaveLength(1)
    expect(await here.find({ runId: run.runId })).toMatchObject({ lastSeq: 0, sentSeq: 1 })
    await writer.flush()
    expect(await here.find({ runId: run.runId })).toEqual(expect.not.objectContaining({ sentSeq: 1 }))
  })

  test('for a moment: nobody notices', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    const reading = collect(there, run.runId)
    const talk = talking(writer)
    await expect.poll(() => lengthOf(here, run.runId)).toBeGreaterThan(5)
    server.pause()
    closing.push(() => server.resume())
    const before = await lengthOf(here, run.runId)
    // Longer than an answer may take, so that the connections are given up.
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 0.6))
    server.resume()
    await expect.poll(() => lengthOf(here, run.runId)).toBeGreaterThan(before)
    const count = talk.stop()
    await writer.end(COMPLETED)
    expect(writer.signal.aborted).toBe(false)
    expect(words(await reading)).toEqual(numbers(count))
  })

  test('for longer than a lease: nobody hangs, and the end is written when it is back', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    writer.append('"a"', 'token')
    await writer.flush()
    const reading = expect(collect(there, run.runId)).rejects.toMatchObject({ code: 'unavailable' })
    await expect.poll(() => admin(server).client('LIST')).toContain('cmd=xread')
    server.pause()
    closing.push(() => server.resume())
    writer.append('"b"', 'token')
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' })
    expect(writer.signal.reason).toBe('unavailable')
    writer.append('"closing"', 'ours')
    await expect(writer.end(FAILED)).rejects.toMatchObject({ code: 'unavailable' })
    await reading
    await expect(there.find({ runId: run.runId })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(there.open(request())).rejects.toMatchObject({ code: 'unavailable' })
    await expect(there.check()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(there.stop(run.runId)).rejects.toMatchObject({ code: 'unavailable' })
    server.resume()
    await expect.poll(() => there.find({ runId: run.runId }).catch(() => {})).toMatchObject({ end: FAILED })
    expect(words(await collect(there, run.runId))).toEqual(['"a"', '"b"', '"closing"'])
  })

  test('at the start: one clear line without the password, and all is well when it is there', async () => {
    const server = await redisServer()
    await server.kill()
    const lines: string[] = []
    let recoveries = 0
    const log = node(`redis://ann:secret@127.0.0.1:${server.port}/0`, {
      onTrouble: (error) => lines.push(error.message),
      onRecovered: () => {
        recoveries += 1
      },
    })
    await expect(log.open(request())).rejects.toMatchObject({ code: 'unavailable' })
    await expect(log.find({ threadId: 't' })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(collect(log, 'r')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(log.adopt()).rejects.toMatchObject({ code: 'unavailable' })
    await expect
      .poll(() => lines)
      .toEqual([`Redis at 127.0.0.1:${server.port} can't be reached (ECONNREFUSED). Trying again every 0.5 s.`])
    expect(recoveries).toBe(0)
    await server.restart()
    // No user of that name: what Redis says of it is no secret either.
    const open = node(server.url)
    await open.ready
    expect(await open.open(request())).toHaveProperty('writer')
    await admin(server).acl('SETUSER', 'ann', 'on', '>secret', '~*', '&*', '+@all')
    await log.ready
    expect(await log.open(request())).toHaveProperty('writer')
    expect(recoveries).toBe(1)
    expect(lines).toHaveLength(1)
  })

  test('because it does not let us: one clear line, and all is well when it does', async () => {
    const server = await redisServer()
    const redis = admin(server)
    await redis.acl('SETUSER', 'ann', 'on', '>secret', '~*', '&*', '+@all', '-script')
    const lines: string[] = []
    const log = node(`redis://ann:secret@127.0.0.1:${server.port}`, { onTrouble: ({ message }) => lines.push(message) })
    await expect.poll(() => lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^Redis at 127\.0\.0\.1:\d+ can't be used \(NOPERM .*\)\. Trying again every 0\.5 s\.$/)
    expect(lines[0]).not.toContain('secret')
    await expect(log.open(request())).rejects.toMatchObject({ code: 'unavailable' })
    await redis.acl('SETUSER', 'ann', '+script')
    await log.ready
    expect(await log.open(request())).toHaveProperty('writer')
  })

  test('in a version that is too old', () => {
    expect(isTooOld('# Server\r\nredis_version:6.0.16\r\nredis_mode:standalone\r\n')).toBe(true)
    expect(isTooOld('# Server\r\nredis_version:6.2.0\r\n')).toBe(false)
    expect(isTooOld('# Server\r\nredis_version:7.2.4\r\nvalkey_version:8.0.1\r\n')).toBe(false)
    expect(isTooOld('')).toBe(false)
  })

  test('with NOSCRIPT, because somebody flushed the scripts: nobody notices', async () => {
    const server = await redisServer()
    const redis = admin(server)
    const here = node(server.url)
    await here.ready
    const { writer, run } = await started(here)
    await redis.script('FLUSH')
    expect(await here.open(request())).toHaveProperty('writer')
    await redis.script('FLUSH')
    writer.append('"0"', 'token')
    await writer.flush()
    await redis.script('FLUSH')
    expect(words(await collect(here, run.runId, 0, 1))).toEqual(['"0"'])
    await writer.end(COMPLETED)
    expect(writer.signal.aborted).toBe(false)
  })

  test('because its memory is full: nothing is lost, and it is all there when there is room again', async () => {
    const server = await redisServer()
    const redis = admin(server)
    const here = node(server.url)
    await here.ready
    const { writer, run } = await started(here)
    writer.append('"0"', 'token')
    await writer.flush()
    await redis.config('SET', 'maxmemory', 1)
    for (let n = 1; n < 50; n += 1) writer.append(`"${n}"`, 'token')
    const flushed = writer.flush()
    await expect(here.check()).rejects.toMatchObject({ code: 'unavailable' })
    await redis.config('SET', 'maxmemory', 0)
    await flushed
    await writer.end(COMPLETED)
    expect(words(await collect(here, run.runId))).toEqual(numbers(50))
    expect(writer.signal.aborted).toBe(false)
  })
})

describe('a connection breaks', () => {
  test('behind every answer: no batch is lost or doubled', async () => {
    const server = await redisServer()
    const proxy = await proxyTo(server)
    const [here, there] = [node(proxy.redisUrl), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    const reading = collect(there, run.runId)
    let count = 0
    for (let round = 0; round < 12; round += 1) {
      const { connections } = proxy
      // What is asked reaches Redis, what it answers is lost with the connection.
      proxy.behave({ cut: { after: 0 } })
      for (let n = 0; n < 5; n += 1) writer.append(`"${count++}"`, 'token')
      await expect.poll(() => proxy.connections, { interval: 1 }).toBeGreaterThan(connections)
      proxy.restore()
      for (let n = 0; n < 5; n += 1) writer.append(`"${count++}"`, 'token')
      await writer.flush()
    }
    proxy.behave({ cut: { after: 0 } })
    const ended = writer.end(COMPLETED)
    await expect.poll(() => there.find({ runId: run.runId })).toMatchObject({ end: COMPLETED })
    proxy.restore()
    await ended
    expect(words(await reading)).toEqual(numbers(count))
    expect(words(await collect(there, run.runId))).toEqual(numbers(count))
  })

  test('while runs are opened: none of the claims stays behind', async () => {
    const server = await redisServer()
    const proxy = await proxyTo(server)
    const [here, there] = [node(proxy.redisUrl, { leaseMs: 400 }), node(server.url, { leaseMs: 400 })]
    await Promise.all([here.ready, there.ready])
    for (let round = 0; round < 6; round += 1) {
      const asked = request({ threadId: 't', messageId: `m${round}` })
      const { connections } = proxy
      proxy.behave({ cut: { after: round * 40 } })
      await here.open(asked).catch(() => {})
      await expect.poll(() => proxy.connections, { interval: 1 }).toBeGreaterThan(connections)
      proxy.restore()
      // The dead one's lease runs out, and what it held is free.
      await expect
        .poll(async () => {
          await there.adopt()
          return there.open(request({ threadId: 't', messageId: `m${round}` })).catch(() => {})
        })
        .toHaveProperty('writer')
      await there.forget('t')
    }
  })
})

describe('a writer dies or freezes', () => {
  test('exactly one of three nodes adopts it, and it appends nothing when it is back', async () => {
    const server = await redisServer()
    const proxy = await proxyTo(server)
    const dead = node(proxy.redisUrl, { leaseMs: 400 })
    const living = [1, 2, 3].map(() => node(server.url, { leaseMs: 400 }))
    await Promise.all([dead, ...living].map(({ ready }) => ready))
    const runs = await Promise.all(Array.from({ length: 10 }, () => started(dead)))
    for (const { writer } of runs) {
      writer.append('"a"', 'token')
      await writer.flush()
    }
    const [first, ...others] = runs
    const reading = collect(living[0] ?? dead, first?.run.runId ?? '')
    proxy.behave({ hold: true })
    for (const { writer } of runs) writer.append('"late"', 'token')
    const adopted: { run: { runId: string }; writer: RunWriter }[] = []
    await expect
      .poll(async () => {
        for (const found of await Promise.all(living.map((log) => log.adopt()))) adopted.push(...found)
        return adopted.length
      })
      .toBeGreaterThanOrEqual(10)
    expect(new Set(adopted.map(({ run }) => run.runId)).size).toBe(adopted.length)
    for (const { writer } of adopted) await writer.end({ outcome: 'interrupted' })
    proxy.restore()
    for (const { writer, run } of [first, ...others].flatMap((found) => found ?? [])) {
      await expect(writer.end(COMPLETED)).rejects.toMatchObject({ code: 'unavailable' })
      await expect(writer.hold()).rejects.toMatchObject({ code: 'unavailable' })
      expect(await collect(living[1] ?? dead, run.runId)).toEqual([
        { seq: 1, tokens: 1, data: '"a"' },
        { seq: 2, tokens: 1, end: { outcome: 'interrupted' } },
      ])
    }
    expect((await reading).at(-1)).toMatchObject({ end: { outcome: 'interrupted' } })
  })

  test('one that froze past its lease may save nothing, appends nothing and is told', async () => {
    const server = await redisServer()
    const log = node(server.url, { leaseMs: 300 })
    await log.ready
    const { writer, run } = await started(log)
    writer.append('"a"', 'token')
    await writer.flush()
    await writer.hold()
    const keys = new RedisKeys('millrace:').run(run.runId)
    const names = [keys.record, keys.entries, keys.lease, keys.gone]
    // This process stands still meanwhile, so somebody else adopts the run.
    const other = `
      import { Redis } from 'ioredis'
      const redis = new Redis(process.argv[1])
      await new Promise((resolve) => setTimeout(resolve, 500))
      console.log((await redis.eval(...process.argv.slice(2)))[0])
      redis.disconnect()`
    const call = [server.url, scripts.adopt.lua, `${names.length}`, ...names, '60000', '60000', '60000']
    const program = ['--input-type=module', '-e', other, '--', ...call]
    const reply = execFileSync(process.execPath, program, { cwd: import.meta.dirname })
    expect(reply.toString()).toBe('1\n')
    writer.append('"late"', 'token')
    await expect(writer.hold()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' })
    expect(writer.signal.reason).toBe('lost')
    await expect(writer.end(COMPLETED)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await log.find({ runId: run.runId })).toMatchObject({ lastSeq: 1 })
  })

  test('readers beside a writer that was shut out follow the new one to the end', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url, { leaseMs: 60_000 }), node(server.url, { leaseMs: 60_000 })]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    writer.append('"a"', 'token')
    await writer.flush()
    const reading = collect(here, run.runId)
    const stopping = here.stop(run.runId)
    const redis = admin(server)
    await redis.del(new RedisKeys('millrace:').run(run.runId).lease)
    await redis.zadd('millrace:running', 0, run.runId)
    const [orphan] = await there.adopt()
    writer.append('"late"', 'token')
    await aborted(writer.signal)
    orphan?.writer.append('"closing"', 'ours')
    await orphan?.writer.end({ outcome: 'interrupted' })
    expect(words(await reading)).toEqual(['"a"', '"closing"'])
    expect(await stopping).toEqual({ outcome: 'interrupted' })
  })

  test('one that lives proves it as often as it must, and not as often as it is asked', async () => {
    const server = await redisServer()
    const redis = admin(server)
    const log = node(server.url, { leaseMs: 60_000 })
    await log.ready
    const { writer } = await started(log)
    await redis.config('RESETSTAT')
    for (let n = 0; n < 100; n += 1) await writer.hold()
    expect(await redis.info('commandstats')).not.toContain('evalsha')
  })

  test('not one that is silent for long', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url, { leaseMs: 300 }), node(server.url, { leaseMs: 300 })]
    await Promise.all([here.ready, there.ready])
    const { writer } = await started(here)
    writer.append('"a"', 'token')
    const until = performance.now() + 1000
    while (performance.now() < until) {
      expect(await there.adopt()).toEqual([])
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await writer.end(COMPLETED)
  })
})

describe('many', () => {
  let server: RedisServer

  beforeEach(async () => {
    server = await redisServer()
  })

  test('50 opens of one message id and thread on two nodes are one run', async () => {
    const nodes = [node(server.url), node(server.url)]
    await Promise.all(nodes.map(({ ready }) => ready))
    for (let round = 0; round < 5; round += 1) {
      const openings = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          (nodes[n % 2] as RedisRunLog).open(request({ threadId: `t${round}`, messageId: `m${round}` })),
        ),
      )
      const [winner, ...others] = openings.flatMap((opening) => ('writer' in opening ? [opening] : []))
      expect(others).toEqual([])
      for (const opening of openings) {
        if ('existing' in opening) {
          expect(opening).toMatchObject({ because: 'message', existing: { runId: winner?.run.runId } })
        }
      }
    }
  })

  test('opens of one message id in a busy thread are conflicts, never repeats of a run that was not to be', async () => {
    const nodes = [node(server.url), node(server.url)]
    await Promise.all(nodes.map(({ ready }) => ready))
    const { run } = await started(nodes[0] as RedisRunLog, { threadId: 't' })
    const openings = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (nodes[n % 2] as RedisRunLog).open(request({ threadId: 't', messageId: 'm' })),
      ),
    )
    for (const opening of openings) {
      expect(opening).toMatchObject({ because: 'thread', existing: { runId: run.runId } })
    }
  })

  test('200 readers on another node share one blocking connection and one fetch', async () => {
    const [here, there] = [node(server.url), node(server.url)]
    await Promise.all([here.ready, there.ready])
    const redis = admin(server)
    const runs = await Promise.all(Array.from({ length: 20 }, () => started(here)))
    for (const { writer } of runs) writer.append('"0"', 'token')
    const reading = runs.flatMap(({ run }) => Array.from({ length: 10 }, () => collect(there, run.runId)))
    await expect.poll(() => redis.client('LIST')).toMatch(/cmd=xread/)
    await redis.config('RESETSTAT')
    for (let n = 1; n < 20; n += 1) {
      for (const { writer } of runs) writer.append(`"${n}"`, 'token')
      await Promise.all(runs.map(({ writer }) => writer.flush()))
    }
    const clients = String(await redis.client('LIST'))
      .trim()
      .split('\n')
    // Three for each node, and ours.
    expect(clients).toHaveLength(7)
    expect(clients.filter((client) => client.includes('cmd=xread'))).toHaveLength(1)
    await Promise.all(runs.map(({ writer }) => writer.end(COMPLETED)))
    for (const entries of await Promise.all(reading)) expect(words(entries)).toEqual(numbers(20))
    const calls = /cmdstat_xread:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]
    expect(Number(calls)).toBeLessThan(200)
  })
})

describe('messages', () => {
  test('a stop whose message is lost is noticed with the next proof of life', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url, { leaseMs: 600 }), node(server.url, { leaseMs: 600 })]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here)
    writer.append('"a"', 'token')
    await writer.flush()
    const redis = admin(server)
    await redis.acl('SETUSER', 'default', 'resetchannels')
    const stopped = there.stop(run.runId)
    await aborted(writer.signal)
    expect(writer.signal.reason).toBe('stopped')
    await writer.end({ outcome: 'stopped' })
    expect(await stopped).toEqual({ outcome: 'stopped' })
  })

  test('a run that is forgotten unnoticed ends its readers and its writer all the same', async () => {
    const server = await redisServer()
    const [here, there] = [node(server.url, { leaseMs: 600 }), node(server.url, { leaseMs: 600 })]
    await Promise.all([here.ready, there.ready])
    const { writer, run } = await started(here, { threadId: 't' })
    writer.append('"a"', 'token')
    await writer.flush()
    const remote = node(server.url, { leaseMs: 600 })
    const reading = collect(remote, run.runId)
    await expect.poll(() => admin(server).client('LIST')).toContain('cmd=xread')
    await admin(server).acl('SETUSER', 'default', 'resetchannels')
    await there.forget('t').catch(() => {})
    await aborted(writer.signal)
    expect(writer.signal.reason).toBe('lost')
    expect(words(await reading)).toEqual(['"a"'])
  })
})

test('nothing stays behind: each key of an ended run has its time to live', async () => {
  const server = await redisServer()
  const redis = admin(server)
  const [here, there] = [node(server.url, { retentionMs: 50 }), node(server.url, { retentionMs: 50 })]
  await Promise.all([here.ready, there.ready])
  for (let n = 0; n < 5; n += 1) {
    const { writer, run } = await started(here)
    writer.append('"a"', 'token')
    const reading = collect(there, run.runId)
    if (n === 0) void there.stop(run.runId)
    await writer.flush()
    await writer.end(COMPLETED)
    await reading
    const given = await started(here)
    await given.writer.abandon()
  }
  await expect.poll(() => redis.keys('*entries*')).toEqual([])
  await expect.poll(() => redis.exists('millrace:running')).toBe(0)
  const keys = await redis.keys('*')
  expect(keys.length).toBeGreaterThan(0)
  for (const key of keys) expect([key, await redis.pttl(key)]).not.toEqual([key, -1])
  expect(await here.find({ threadId: 'nobody' })).toBeUndefined()
})

test('a log that was closed answers at once', async () => {
  const port = await freePort()
  const log = node(`redis://127.0.0.1:${port}`)
  await log.close()
  await expect(log.ready).rejects.toMatchObject({ code: 'unavailable' })
  await expect(log.open(request())).rejects.toMatchObject({ code: 'unavailable' })
  await expect(collect(log, 'r')).rejects.toMatchObject({ code: 'unavailable' })
})
