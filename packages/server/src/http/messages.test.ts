import { ChatKitError } from '@millrace/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { MemoryRunLog } from '../log/memory.ts'
import {
  eventsOf,
  eventsUntil,
  type PlainApp,
  type PlainAppOptions,
  paced,
  plainApp,
  textOf,
  WAYS,
} from '../testing/plain-app.ts'
import { ALICE, BOB, message, says } from '../testing/test-server.ts'

const apps: PlainApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

async function start(options?: PlainAppOptions): Promise<PlainApp> {
  const app = await plainApp(options)
  apps.push(app)
  return app
}

const BODY = { message: 'Hi', message_id: 'm1' }

interface Polled {
  message_id: string
  tokens: string[]
  next: number
  complete: boolean
  status: string
  error?: unknown
}

async function poll(app: PlainApp, after?: number): Promise<Polled> {
  const response = await app.get(`/api/message/m1${after === undefined ? '' : `?after=${after}`}`)
  expect(response.status).toBe(200)
  return (await response.json()) as Polled
}

/** A run of one token that waits for the rest. */
async function half(options?: PlainAppOptions) {
  const app = await start(options)
  const answer = paced(['one ', 'two'])
  app.respond(answer.script)
  const streaming = await app.post('/api/stream/message', BODY)
  answer.next()
  await eventsUntil(await app.get('/api/message/m1/stream'), (events) => events.length > 0)
  return { app, answer, streaming }
}

describe.each(WAYS)('%s', (way) => {
  describe('GET /api/message/{id}', () => {
    test('gives what there is at once, and says where to look next', async () => {
      const { app, answer, streaming } = await half({ way })
      const first = await poll(app)
      expect(first).toEqual({
        message_id: 'm1',
        tokens: ['one '],
        next: first.next,
        complete: false,
        status: 'running',
      })
      expect(await poll(app, first.next)).toEqual({ ...first, tokens: [] })
      answer.finish()
      await streaming.text()
      const rest = await poll(app, first.next)
      expect(rest).toEqual({ message_id: 'm1', tokens: ['two'], next: rest.next, complete: true, status: 'completed' })
      expect(await poll(app, rest.next)).toEqual({ ...rest, tokens: [] })
      expect((await poll(app)).tokens).toEqual(['one ', 'two'])
    })

    test('is never kept by a cache, and names the run', async () => {
      const app = await start({ way })
      const { headers } = await app.post('/api/message', BODY)
      const response = await app.get('/api/message/m1')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('content-type')).toMatch('application/json')
      expect(response.headers.get('x-run-id')).toBe(headers.get('x-run-id'))
    })

    test('names the cause of a failed answer', async () => {
      const app = await start({ way })
      app.respond(async function* (turn) {
        yield* message(turn, ['one'])
        throw new ChatKitError('model_error', 'The model service failed. Try again.')
      })
      await (await app.post('/api/stream/message', BODY)).text()
      expect(await poll(app)).toMatchObject({
        tokens: ['one'],
        complete: true,
        status: 'failed',
        error: { code: 'model_error', message: 'The model service failed. Try again.', recoverable: true },
      })
    })
  })

  describe('GET /api/message/{id}/stream', () => {
    test('starts at the beginning and follows to the end', async () => {
      const { app, answer } = await half({ way })
      const following = await app.get('/api/message/m1/stream')
      expect(following.status).toBe(200)
      expect(following.headers.get('x-run-status')).toBe('running')
      expect(following.headers.get('x-message-id')).toBe('m1')
      answer.finish()
      expect((await eventsOf(following)).map(({ data }) => data)).toEqual([
        { type: 'token', token: 'one ' },
        { type: 'token', token: 'two' },
        { type: 'complete' },
      ])
    })

    test('goes on from a cursor: 206 by the query, 200 by the header', async () => {
      const { app, answer } = await half({ way })
      const { next } = await poll(app)
      const byQuery = await app.get(`/api/message/m1/stream?after=${next}`)
      const byHeader = await app.get('/api/message/m1/stream?after=0', { 'last-event-id': String(next) })
      answer.finish()
      expect([byQuery.status, byHeader.status]).toEqual([206, 200])
      for (const response of [byQuery, byHeader]) expect(textOf(await eventsOf(response))).toBe('two')
    })
  })

  describe('POST /api/message/{id}/stop', () => {
    test('answers once the run has ended: a message sent next is no conflict', async () => {
      const { app, streaming } = await half({ way })
      const stopped = await app.post('/api/message/m1/stop')
      expect(await stopped.json()).toEqual({ message_id: 'm1', status: 'stopped' })
      expect((await poll(app)).status).toBe('stopped')
      expect(textOf(await eventsOf(streaming))).toBe('one ')
      const threads = (await app.json({ type: 'threads.list', params: {} })) as { data: { id: string }[] }
      app.respond(says('More'))
      const next = await app.post('/api/message', { message: 'More', thread_id: threads.data[0]?.id })
      expect(next.status).toBe(200)
    })

    test('of an ended run answers with its outcome and changes nothing', async () => {
      const app = await start({ way })
      await app.post('/api/message', BODY)
      expect(await (await app.post('/api/message/m1/stop')).json()).toEqual({ message_id: 'm1', status: 'completed' })
      expect((await poll(app)).status).toBe('completed')
    })
  })

  describe('POST /api/message', () => {
    test('is the whole answer at once', async () => {
      const app = await start({ way })
      const response = await app.post('/api/message', BODY)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({
        message_id: 'm1',
        thread_id: expect.stringMatching(/^thr_/),
        text: 'Hello there',
      })
      expect(response.headers.get('x-run-id')).toMatch(/^run_/)
      expect(response.headers.get('x-message-id')).toBe('m1')
      expect(response.headers.get('x-run-status')).toBe('completed')
    })

    test('joins a run that streams already', async () => {
      const { app, answer } = await half({ way })
      const whole = app.post('/api/message', BODY)
      answer.finish()
      expect(await (await whole).json()).toMatchObject({ text: 'one two' })
      expect(app.runs()).toBe(1)
    })

    test('of a stopped run is what had been said', async () => {
      const { app } = await half({ way })
      const whole = app.post('/api/message', BODY)
      await app.post('/api/message/m1/stop')
      const response = await whole
      expect(response.headers.get('x-run-status')).toBe('stopped')
      expect(await response.json()).toMatchObject({ text: 'one ' })
    })

    test.each([
      ['model_error', 502, true],
      ['model_auth', 502, false],
      ['output_too_long', 500, false],
      ['timeout_total', 504, true],
      ['unavailable', 503, true],
    ] as const)('of a run that failed by %s is %i with the cause', async (code, status, recoverable) => {
      const app = await start({ way })
      app.respond(async function* (turn) {
        yield* message(turn, ['one'])
        throw new ChatKitError(code, 'What happened, and what to do.')
      })
      const response = await app.post('/api/message', BODY)
      expect(response.status).toBe(status)
      expect(await response.json()).toEqual({
        type: 'error',
        error: 'What happened, and what to do.',
        code,
        param: null,
        recoverable,
        message_id: 'm1',
        run_id: expect.stringMatching(/^run_/),
      })
    })

    test('an exception of the handler tells nothing', async () => {
      const app = await start({ way })
      app.respond(() => {
        throw new Error('connection string with a secret')
      })
      const response = await app.post('/api/message', BODY)
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('secret')
    })
  })

  test.each([
    ['PUT', '/api/message', 'POST'],
    ['GET', '/api/message', 'POST'],
    ['POST', '/api/message/m1', 'GET'],
    ['DELETE', '/api/message/m1', 'GET'],
    ['POST', '/api/message/m1/stream', 'GET'],
    ['HEAD', '/api/message/m1/stream', 'GET'],
    ['GET', '/api/message/m1/stop', 'POST'],
  ])('%s %s is 405: use %s', async (method, path, allow) => {
    const app = await start({ way })
    await app.post('/api/message', BODY)
    const response = await app.call(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
  })

  test.each([
    ['GET', '/api/message/m1?after=x', 'after'],
    ['GET', '/api/message/m1?after=-1', 'after'],
    ['GET', '/api/message/m1?after=1e3', 'after'],
    ['GET', '/api/message/m1?after=99', 'after'],
    ['GET', '/api/message/m1/stream?after=x', 'after'],
    ['GET', '/api/message/m1/stream?after=99', 'after'],
    ['GET', '/api/message/m1/stream?after=99999999999999999999', 'after'],
  ])('%s %s is 400', async (method, path, param) => {
    const app = await start({ way })
    await app.post('/api/message', BODY)
    const response = await app.call(path, { method })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', code: 'invalid_request', param })
  })

  describe.each([
    ['GET', ''],
    ['GET', '/stream'],
    ['POST', '/stop'],
  ])('%s /api/message/{id}%s', (method, path) => {
    test.each(['nope', 'a%20b', '%2e%2e', 'x'.repeat(200)])('of the unknown id %s is 404', async (id) => {
      const app = await start({ way })
      const response = await app.call(`/api/message/${id}${path}`, { method })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'not_found' })
    })

    test("of another user's is 404", async () => {
      let user = ALICE
      const app = await start({ way, app: { authenticate: () => user } })
      await app.post('/api/message', BODY)
      user = BOB
      const response = await app.call(`/api/message/m1${path}`, { method })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'not_found' })
    })

    test('of a run that is no longer kept is 404, and says so', async () => {
      let now = Date.now()
      const app = await start({ way, server: { log: new MemoryRunLog({ retentionMs: 1000, now: () => now }) } })
      await app.post('/api/message', BODY)
      now += 2000
      const response = await app.call(`/api/message/m1${path}`, { method })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'expired' })
    })

    test('without a user is 401', async () => {
      const app = await start({ way, app: { authenticate: () => undefined } })
      expect((await app.call(`/api/message/m1${path}`, { method })).status).toBe(401)
    })
  })
})

test('a poll of a long answer gives a part at a time, and in the end all of it', async () => {
  const app = await start()
  const tokens = Array.from({ length: 300 }, (_, n) => `${n}:${'x'.repeat(10_000)} `)
  app.respond((turn) => message(turn, tokens))
  await app.post('/api/message', BODY)
  const parts: Polled[] = []
  do parts.push(await poll(app, parts.at(-1)?.next ?? 0))
  while (!parts.at(-1)?.complete)
  expect(parts.length).toBeGreaterThan(2)
  for (const part of parts) expect(part.tokens.join('').length).toBeLessThan(1.1 * 1024 * 1024)
  expect(parts.slice(0, -1).map(({ complete }) => complete)).not.toContain(true)
  expect(parts.flatMap((part) => part.tokens)).toEqual(tokens)
})

test('an id that nobody could have given is not looked for: not every log takes every character', async () => {
  const app = await start()
  app.log.find = () => Promise.reject(new Error('invalid byte sequence: 0x00'))
  expect((await app.get('/api/message/a%00b')).status).toBe(404)
})

test('a poll that finds a run forgotten while it reads does not call it complete', async () => {
  const app = await start()
  await app.post('/api/message', BODY)
  app.log.read = async function* () {}
  expect(await poll(app)).toMatchObject({ tokens: [], next: 0, complete: false })
})

test('who leaves while the whole answer is written stops nothing', async () => {
  const app = await start({ way: 'over a socket' })
  const answer = paced(['one ', 'two'])
  app.respond(answer.script)
  const leave = new AbortController()
  const whole = app.call('/api/message', { method: 'POST', body: JSON.stringify(BODY), signal: leave.signal })
  await expect.poll(async () => (await app.get('/api/message/m1')).status).toBe(200)
  leave.abort()
  await expect(whole).rejects.toThrow()
  answer.finish()
  expect(textOf(await eventsOf(await app.get('/api/message/m1/stream')))).toBe('one two')
})
