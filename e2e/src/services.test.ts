/** The command with PostgreSQL and Redis: away at the start, away in mid-answer, back again. */
import { type PostgresServer, type RedisServer, startPostgres, startRedis } from '@millrace/testbed'
import { expect, test } from 'vitest'
import { ask, askAndWait, endOf, input, itemsOf, post, saidBy, saidIn } from './harness/chat-over-http.ts'
import { atEnd } from './harness/cleanup.ts'
import { countTo } from './harness/demo.ts'
import { startMillrace } from './harness/millrace.ts'

interface Services {
  postgres: PostgresServer
  redis: RedisServer
  environment: Record<string, string>
}

async function services(): Promise<Services> {
  const postgres = await startPostgres()
  atEnd(() => postgres.stop())
  const redis = await startRedis({ persistence: 'always' })
  atEnd(() => redis.stop())
  const environment = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url, RUN_LEASE: '5' }
  return { postgres, redis, environment }
}

async function healthOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/health/stream`)
  await answer.text()
  return answer.status
}

test('a start without them says what is missing, answers 503, and goes on as soon as they are there', async () => {
  const { postgres, redis, environment } = await services()
  await Promise.all([postgres.kill(), redis.kill()])
  const { url, printed, logLines } = await startMillrace({ environment })
  expect(await healthOf(url)).toBe(503)
  const refused = await post(url, { type: 'threads.create', params: { input: input('Count to 2') } })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused.json()).toMatchObject({ type: 'error', code: 'unavailable' })
  await expect
    .poll(() => logLines().map(({ msg }) => msg))
    .toEqual(
      expect.arrayContaining([expect.stringMatching(/^PostgreSQL at .*127/), expect.stringMatching(/^Redis at .*127/)]),
    )
  await Promise.all([postgres.restart(), redis.restart()])
  await expect.poll(() => healthOf(url), { timeout: 20_000 }).toBe(200)
  expect(saidIn(await askAndWait(url, 'Count to 3'))).toBe('1 2 3')
  expect(printed.out).not.toContain('postgres:postgres')
})

test('a PostgreSQL that is killed and comes back in the middle of an answer is a pause', async () => {
  const { postgres, environment } = await services()
  const { url } = await startMillrace({ environment })
  const { threadId, events, ended } = await ask(url, 'Count to 60')
  await expect.poll(() => saidIn(events)).toContain('1 2 3')
  await postgres.kill()
  const back = postgres.restart()
  expect(endOf(await ended)).toMatchObject({ outcome: 'completed' })
  await back
  await expect.poll(() => itemsOf(url, threadId).then(saidBy, () => ''), { timeout: 20_000 }).toBe(countTo(60))
  expect(saidIn(await askAndWait(url, 'Count to 3', threadId))).toBe('1 2 3')
})

test('a Redis that is killed and comes back within the lease loses nothing', async () => {
  const { redis, environment } = await services()
  const { url } = await startMillrace({ environment })
  const { threadId, events, ended } = await ask(url, 'Count to 150')
  await expect.poll(() => saidIn(events)).toContain('1 2 3')
  await redis.kill()
  await redis.restart()
  const all = await ended
  expect(saidIn(all)).toBe(countTo(150))
  expect(endOf(all)).toMatchObject({ outcome: 'completed' })
  expect(saidBy(await itemsOf(url, threadId))).toBe(countTo(150))
})
