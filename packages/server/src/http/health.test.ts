import { ChatKitError } from '@millrace/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { MemoryRunLog } from '../log/memory.ts'
import { MemoryStore } from '../store/memory.ts'
import { eventsOf, type PlainApp, type PlainAppOptions, paced, plainApp, textOf, WAYS } from '../testing/plain-app.ts'
import type { TestUser } from '../testing/test-server.ts'

const apps: PlainApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

async function start(options?: PlainAppOptions): Promise<PlainApp> {
  const app = await plainApp(options)
  apps.push(app)
  return app
}

describe.each(WAYS)('%s', (way) => {
  test('/health says ok', async () => {
    const app = await start({ way, app: { authenticate: () => undefined } })
    const response = await app.get('/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok' })
  })

  test('a server that goes down is not ready: 503, while running answers are written to their end', async () => {
    const app = await start({ way })
    const answer = paced(['one'])
    app.respond(answer.script)
    const running = await app.post('/api/stream/message', { message: 'Hi' })
    const closed = app.server.close(10_000)
    const health = await app.get('/health')
    expect(health.status).toBe(503)
    expect(await health.json()).toEqual({ status: 'draining' })
    const stream = await app.get('/health/stream')
    expect(stream.status).toBe(503)
    expect(await stream.json()).toMatchObject({ type: 'error', code: 'unavailable' })
    answer.finish()
    expect(textOf(await eventsOf(running))).toBe('one')
    await closed
  })

  test('/health/stream streams a few tokens through store and log', async () => {
    const app = await start({ way, app: { authenticate: () => undefined } })
    const response = await app.get('/health/stream')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = await eventsOf(response)
    expect(textOf(events)).toBe('Store and log work.')
    expect(events.length).toBeGreaterThan(3)
    expect(events.at(-1)?.data).toEqual({ type: 'complete' })
    expect(app.runs()).toBe(0)
  })

  test.each(['/health', '/health/stream'])('%s takes GET and HEAD', async (path) => {
    const app = await start({ way })
    const head = await app.call(path, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const post = await app.post(path)
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET'])
  })

  test.each([
    ['store', 'commit'],
    ['store', 'saveItem'],
    ['log', 'open'],
    ['log', 'find'],
  ] as const)('a %s that fails to %s is 503, and its words are for the log alone', async (part, method) => {
    const reported: unknown[] = []
    const app = await start({ way, server: { observer: { failed: (error) => reported.push(error) } } })
    const failing = async () => {
      throw new ChatKitError('unavailable', 'secret-host:5432 is away')
    }
    Object.assign(app[part], { [method]: failing })
    const response = await app.get('/health/stream')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ type: 'error', code: 'unavailable', param: null })
    expect(text).not.toContain('secret')
    expect(reported).toHaveLength(1)
  })
})

test('/health/stream leaves nothing behind', async () => {
  const store = new MemoryStore<TestUser>()
  const log = new MemoryRunLog()
  const app = await start({ server: { store, log } })
  const response = await app.get('/health/stream')
  await response.text()
  const page = await store.listThreads({ limit: 9, order: 'asc' }, { userId: 'millrace-health' })
  expect(page.data).toEqual([])
  expect(await log.find({ runId: response.headers.get('x-run-id') ?? '' })).toBeUndefined()
})

test('probes count against no limit of the users', async () => {
  const app = await start({ server: { maxRuns: 1, startLimit: { take: () => Promise.reject(new Error('limited')) } } })
  expect((await app.get('/health/stream')).status).toBe(200)
})
