import { ChatKitError } from '@millrace/protocol'
import { type RedisServer, startRedis } from '@millrace/testbed'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { requests, testServer } from '../testing/test-server.ts'
import { perMinute, startLimit } from './rate-limit.ts'

/** What the limit says: `ok`, or the error. */
async function outcome(taking: Promise<unknown> | undefined): Promise<unknown> {
  if (!taking) throw new Error('There is no limit.')
  return taking.then(
    () => 'ok',
    (error: unknown) => error,
  )
}

/** As many starts of one user as asked, one after the other; how many of them were let through. */
async function starts(limit: ReturnType<typeof startLimit>, count: number, owner = 'alice'): Promise<number> {
  let passed = 0
  for (let index = 0; index < count; index += 1) if ((await outcome(limit?.take(owner))) === 'ok') passed += 1
  return passed
}

describe('in memory', () => {
  test('ten a minute and user; the next is told when to come back', async () => {
    const limit = startLimit()
    expect(await starts(limit, 10)).toBe(10)
    const refused = await outcome(limit?.take('alice'))
    expect(refused).toBeInstanceOf(ChatKitError)
    expect(refused).toMatchObject({ code: 'rate_limited', status: 429, retryable: true, retryAfterMs: 60_000 })
    expect(String(refused)).toContain('You can start 10 answers in a minute. Try again in 60 s.')
    expect(await outcome(limit?.take('bob'))).toBe('ok')
  })

  test('the minute begins with the first start, and what was refused does not prolong it', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const limit = startLimit({ starts: 1 })
    expect(await starts(limit, 1)).toBe(1)
    await vi.advanceTimersByTimeAsync(40_000)
    expect(await outcome(limit?.take('alice'))).toMatchObject({ retryAfterMs: 20_000 })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await starts(limit, 2)).toBe(1)
  })

  test('a start that came to nothing is given back, once', async () => {
    const limit = startLimit({ starts: 2 })
    const taken = await limit?.take('alice')
    await taken?.giveBack()
    await taken?.giveBack()
    expect(await starts(limit, 5)).toBe(2)
  })

  test('what is given back in a later minute adds nothing to it', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const limit = startLimit({ starts: 2 })
    const taken = await limit?.take('alice')
    await vi.advanceTimersByTimeAsync(61_000)
    await taken?.giveBack()
    expect(await starts(limit, 5)).toBe(2)
  })

  test('0 is no limit', () => {
    expect(startLimit({ starts: 0 })).toBeUndefined()
  })

  test('runs are what counts: a repeat that joins one is free, the next start is refused', async () => {
    const limit = startLimit({ starts: 1 })
    const it = testServer(limit ? { startLimit: limit } : {})
    const client = { messageId: 'once', resumes: true }
    await it.read(requests.create(), { client })
    await it.read(requests.create(), { client })
    await expect(it.read(requests.create())).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

describe('in Redis', () => {
  let server: RedisServer
  let count = 0
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    count += 1
  })

  /** A node: a connection of its own. */
  async function node(options: { starts?: number; windowSeconds?: number } = {}) {
    const redis = new Redis(server.url, { retryStrategy: () => 20 })
    // Its trouble is what these tests make.
    redis.on('error', () => {})
    onTestFinished(() => redis.disconnect())
    await expect.poll(() => redis.status).toBe('ready')
    return { redis, limit: startLimit({ ...options, redis }) }
  }

  const owner = () => `alice-${count}`

  test('several nodes count together', async () => {
    const [one, two] = [await node(), await node()]
    expect(await starts(one.limit, 6, owner())).toBe(6)
    expect(await starts(two.limit, 6, owner())).toBe(4)
    const refused = await outcome(one.limit?.take(owner()))
    expect(refused).toMatchObject({ code: 'rate_limited', status: 429 })
    expect((refused as ChatKitError).retryAfterMs).toBeLessThanOrEqual(60_000)
    expect((refused as ChatKitError).retryAfterMs).toBeGreaterThan(0)
  })

  test('what is given back on one node can be taken on another', async () => {
    const [one, two] = [await node({ starts: 1 }), await node({ starts: 1 })]
    const taken = await one.limit?.take(owner())
    await taken?.giveBack()
    expect(await starts(two.limit, 3, owner())).toBe(1)
  })

  test('what was counted is gone with its window: nothing stays behind', async () => {
    const { redis, limit } = await node({ starts: 1, windowSeconds: 1 })
    expect(await starts(limit, 2, owner())).toBe(1)
    expect(await redis.keys(`*${owner()}`)).toHaveLength(1)
    await expect.poll(() => redis.keys(`*${owner()}`)).toEqual([])
    expect(await starts(limit, 2, owner())).toBe(1)
  })

  test('while Redis is silent each node counts by itself, and nobody waits for long', async () => {
    const { limit } = await node({ starts: 2 })
    server.pause()
    onTestFinished(() => server.resume())
    expect(await starts(limit, 4, owner())).toBe(2)
  })

  test('while Redis is dead each node counts by itself, and together again once it is back', async () => {
    const [one, two] = [await node({ starts: 2 }), await node({ starts: 2 })]
    await server.kill()
    await expect.poll(() => one.redis.status).not.toBe('ready')
    expect(await starts(one.limit, 4, owner())).toBe(2)
    expect(await starts(two.limit, 4, owner())).toBe(2)
    await server.restart()
    await expect.poll(() => [one.redis.status, two.redis.status]).toEqual(['ready', 'ready'])
    expect(await starts(one.limit, 4, `${owner()} later`)).toBe(2)
    expect(await starts(two.limit, 4, `${owner()} later`)).toBe(0)
  })
})

test('anything else can be limited a minute and key', async () => {
  const guests = perMinute(2, (seconds) => `Come back in ${seconds} s.`)
  await guests('192.0.2.1')
  await guests('192.0.2.1')
  await guests('192.0.2.2')
  await expect(guests('192.0.2.1')).rejects.toMatchObject({ code: 'rate_limited', message: 'Come back in 60 s.' })
})
