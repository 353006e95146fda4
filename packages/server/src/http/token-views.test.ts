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

const VIEWS = ['message', 'buffered', 'resilient', 'chatkit', 'monitored', 'hybrid'] as const

/** What the views say of an answer of three tokens; `any` stands for a field that differs from run to run. */
const COMPLETED: Record<(typeof VIEWS)[number], unknown[]> = {
  message: [
    { type: 'token', token: 'Hel' },
    { type: 'token', token: 'lo ' },
    { type: 'token', token: 'there' },
    { type: 'complete' },
  ],
  buffered: [{ tokens: 'Hello there', count: 3, final: true }],
  resilient: [
    { token: 'Hel', token_count: 1, message_id: 'm1' },
    { token: 'lo ', token_count: 2, message_id: 'm1' },
    { token: 'there', token_count: 3, message_id: 'm1' },
    { type: 'complete', message_id: 'm1', token_count: 3 },
  ],
  chatkit: [
    { token: 'Hel', thread_id: expect.stringMatching(/^thr_/) },
    { token: 'lo ', thread_id: expect.stringMatching(/^thr_/) },
    { token: 'there', thread_id: expect.stringMatching(/^thr_/) },
    { type: 'complete' },
  ],
  monitored: [
    { token: 'Hel', metrics: metrics(1) },
    { token: 'lo ', metrics: metrics(2) },
    { token: 'there', metrics: metrics(3) },
    { type: 'complete' },
  ],
  hybrid: [{ token: 'Hel' }, { token: 'lo ' }, { token: 'there' }, { type: 'complete' }],
}

function metrics(total_tokens: number) {
  return {
    total_tokens,
    elapsed_seconds: expect.any(Number),
    throughput_tokens_per_sec: expect.any(Number),
    latency_to_first_token: expect.any(Number),
  }
}

describe.each(WAYS)('%s', (way) => {
  test.each(VIEWS)('%s streams an answer in its own events', async (view) => {
    const app = await start({ way })
    const response = await app.post(`/api/stream/${view}`, { message: 'Hi', message_id: 'm1' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('x-message-id')).toBe('m1')
    expect(response.headers.get('x-run-id')).toMatch(/^run_/)
    const events = await eventsOf(response)
    expect(events.map(({ data }) => data)).toEqual(COMPLETED[view])
    const ids = events.map(({ id = 0 }) => id)
    expect(ids).toEqual(ids.toSorted((one, other) => one - other))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(VIEWS)('%s says so when the answer was stopped, and keeps what had been said', async (view) => {
    const app = await start({ way })
    const answer = paced(['one ', 'two ', 'three'])
    app.respond(answer.script)
    const streaming = await app.post(`/api/stream/${view}`, { message: 'Hi', message_id: 'm1', flush_ms: 0 })
    const other = await app.get('/api/message/m1/stream')
    answer.next()
    answer.next()
    await eventsUntil(other, (events) => textOf(events) === 'one two ')
    await app.post('/api/message/m1/stop')
    const events = await eventsOf(streaming)
    expect(textOf(events)).toBe('one two ')
    const stopped = { buffered: { final: true, status: 'stopped' }, resilient: { type: 'cancelled', message_id: 'm1' } }
    expect(events.at(-1)?.data).toMatchObject(view in stopped ? stopped[view as 'buffered'] : { type: 'cancelled' })
  })

  test.each(VIEWS)('%s ends with the cause when the answer failed, and holds no token back', async (view) => {
    const app = await start({ way })
    app.respond(async function* (turn) {
      yield* message(turn, ['one ', 'two'])
      throw new ChatKitError('model_auth', 'The model service refused its key. Check OPENAI_API_KEY.')
    })
    const events = await eventsOf(await app.post(`/api/stream/${view}`, { message: 'Hi', message_id: 'm1' }))
    expect(textOf(events)).toBe('one two')
    expect(events.at(-1)?.data).toEqual({
      type: 'error',
      error: 'The model service refused its key. Check OPENAI_API_KEY.',
      code: 'model_auth',
      param: null,
      recoverable: false,
    })
  })

  test('a repeat with the same message id joins the run, through whatever view, and the model ran once', async () => {
    const app = await start({ way })
    const answer = paced(['one ', 'two ', 'three'])
    app.respond(answer.script)
    const body = { message: 'Hi', message_id: 'm1' }
    const responses = await Promise.all(VIEWS.map((view) => app.post(`/api/stream/${view}`, body)))
    answer.finish()
    const texts = await Promise.all(responses.map(async (response) => textOf(await eventsOf(response))))
    expect(texts).toEqual(VIEWS.map(() => 'one two three'))
    expect(app.runs()).toBe(1)
    const late = await app.post('/api/stream/hybrid', body)
    expect(late.status).toBe(200)
    expect(textOf(await eventsOf(late))).toBe('one two three')
    expect(app.runs()).toBe(1)
  })

  test('leaving stops nothing', async () => {
    const app = await start({ way })
    const answer = paced(['one ', 'two ', 'three'])
    app.respond(answer.script)
    const response = await app.post('/api/stream/message', { message: 'Hi', message_id: 'm1' })
    answer.next()
    await eventsUntil(response, (events) => textOf(events) === 'one ')
    answer.finish()
    const events = await eventsOf(await app.get('/api/message/m1/stream'))
    expect(textOf(events)).toBe('one two three')
    expect(events.at(-1)?.data).toEqual({ type: 'complete' })
  })

  test('the buffered view waits for its number of tokens, and no longer than its time', async () => {
    const app = await start({ way })
    const answer = paced(['a', 'b', 'c', 'd'])
    app.respond(answer.script)
    const response = await app.post('/api/stream/buffered', { message: 'Hi', buffer_size: 2, flush_ms: 20 })
    for (const _ of ['a', 'b', 'c']) answer.next()
    // The third token comes alone: nothing but time lets it go.
    const events = await eventsUntil(response, (seen) => textOf(seen) === 'abc')
    expect(events.map(({ data }) => data)).toEqual([
      { tokens: 'ab', count: 2 },
      { tokens: 'c', count: 1 },
    ])
    answer.finish()
  })
})

describe('the monitored view', () => {
  test('counts seconds from the start of the run', async () => {
    let now = 1_000_000
    const app = await start({ server: { log: new MemoryRunLog({ now: () => now }) } })
    const startedAt = Date.now() - 10_000
    now = startedAt
    app.respond(async function* (turn) {
      now = startedAt + 2000
      yield* message(turn, ['a', 'b'])
    })
    const body = { message: 'Hi', message_id: 'm1' }
    await eventsOf(await app.post('/api/stream/message', body))
    const [first, second] = await eventsOf(await app.post('/api/stream/monitored', body))
    const of = (event: typeof first) => event?.data.metrics as Record<string, number>
    expect(of(first)).toMatchObject({ total_tokens: 1, latency_to_first_token: 2 })
    expect(of(first).elapsed_seconds).toBeGreaterThanOrEqual(10)
    expect(of(first).elapsed_seconds).toBeLessThan(60)
    expect(of(second).throughput_tokens_per_sec).toBeCloseTo(2 / (of(second).elapsed_seconds ?? 0), 1)
  })
})

describe('threads', () => {
  test('a thread remembers: the next message is added to it', async () => {
    const app = await start()
    const [first] = await eventsOf(await app.post('/api/stream/chatkit', { message: 'One' }))
    const thread_id = String(first?.data.thread_id)
    const [second] = await eventsOf(await app.post('/api/stream/chatkit', { message: 'Two', thread_id }))
    expect(second?.data.thread_id).toBe(thread_id)
    const types = (await app.items(thread_id)).map(({ type }) => type)
    expect(types).toEqual(['user_message', 'assistant_message', 'user_message', 'assistant_message'])
  })

  test('without a thread each message has one of its own', async () => {
    const app = await start()
    const threads = [1, 2].map(async () => {
      const [first] = await eventsOf(await app.post('/api/stream/chatkit', { message: 'Hi' }))
      return first?.data.thread_id
    })
    const [one, other] = await Promise.all(threads)
    expect(one).not.toBe(other)
  })

  test('a second message while an answer is written is 409, and names the one that runs', async () => {
    const app = await start()
    const answer = paced(['one'])
    app.respond(answer.script)
    const running = await app.post('/api/stream/chatkit', { message: 'Hi', message_id: 'm1' })
    answer.next()
    const [first] = await eventsUntil(running, (events) => events.length > 0)
    const response = await app.post('/api/stream/message', { message: 'More', thread_id: first?.data.thread_id })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      type: 'error',
      code: 'run_in_progress',
      message_id: 'm1',
      run_id: running.headers.get('x-run-id'),
      param: null,
    })
    answer.finish()
  })
})

test('metadata reaches the handler', async () => {
  const app = await start()
  const seen: unknown[] = []
  app.respond((turn) => {
    seen.push(turn.metadata)
    return says('Hi')(turn)
  })
  await eventsOf(await app.post('/api/stream/message', { message: 'Hi', metadata: { page: 'home' } }))
  expect(seen).toEqual([{ page: 'home' }])
})

test('without a message id the run id is its name', async () => {
  const app = await start()
  const response = await app.post('/api/stream/message', { message: 'Hi' })
  const runId = response.headers.get('x-run-id')
  expect(response.headers.get('x-message-id')).toBe(runId)
  await response.text()
  expect(await (await app.get(`/api/message/${runId}`)).json()).toMatchObject({ complete: true, message_id: runId })
})

test('every answer names its thread, so that the next message may go on there', async () => {
  const app = await start()
  const first = await app.post('/api/stream/message', { message: 'Hi', message_id: 'm1' })
  const thread = first.headers.get('x-thread-id')
  expect(thread).toMatch(/^thr_/)
  await first.text()
  const second = await app.post('/api/stream/message', { message: 'And?', message_id: 'm2', thread_id: thread })
  expect(second.headers.get('x-thread-id')).toBe(thread)
  await second.text()
  expect((await app.get('/api/message/m2')).headers.get('x-thread-id')).toBe(thread)
})

test('the app says how many tokens an event of the buffered view holds', async () => {
  const app = await start({ app: { bufferSize: 2 } })
  const events = await eventsOf(await app.post('/api/stream/buffered', { message: 'Hi' }))
  expect(events.map(({ data }) => data.count)).toEqual([2, 1])
  await expect(plainApp({ app: { bufferSize: 0 } })).rejects.toThrow('bufferSize')
})

test('an answer of no tokens still has a last buffered event', async () => {
  const app = await start()
  app.respond((turn) => message(turn, []))
  const events = await eventsOf(await app.post('/api/stream/buffered', { message: 'Hi' }))
  expect(events.map(({ data }) => data)).toEqual([{ tokens: '', count: 0, final: true }])
})

describe.each(WAYS)('an error before the stream, %s', (way) => {
  const POSTS: [string, string, unknown, Record<string, string>, number, string, string | null][] = [
    ['no message', 'message', {}, {}, 400, 'invalid_request', 'message'],
    ['an empty message', 'message', { message: '' }, {}, 400, 'invalid_request', 'message'],
    ['a bad message id', 'message', { message: 'Hi', message_id: 'a b' }, {}, 400, 'invalid_request', 'message_id'],
    ['no message id', 'resilient', { message: 'Hi' }, {}, 400, 'invalid_request', 'message_id'],
    ['too much metadata', 'message', { message: 'Hi', metadata: { a: 1 } }, {}, 400, 'invalid_request', 'metadata'],
    ['no tokens in an event', 'buffered', { message: 'Hi', buffer_size: 0 }, {}, 400, 'invalid_request', 'buffer_size'],
    ['too many', 'buffered', { message: 'Hi', buffer_size: 1001 }, {}, 400, 'invalid_request', 'buffer_size'],
    ['half a token', 'buffered', { message: 'Hi', buffer_size: 1.5 }, {}, 400, 'invalid_request', 'buffer_size'],
    ['a number as text', 'buffered', { message: 'Hi', buffer_size: '5' }, {}, 400, 'invalid_request', 'buffer_size'],
    ['a time below 0', 'buffered', { message: 'Hi', flush_ms: -1 }, {}, 400, 'invalid_request', 'flush_ms'],
    ['an unknown thread', 'message', { message: 'Hi', thread_id: 'thr_nope' }, {}, 404, 'not_found', null],
    ['no object', 'message', '[]', {}, 400, 'invalid_request', null],
    ['no JSON', 'message', '{', {}, 400, 'invalid_request', null],
    ['nothing', 'message', '', {}, 400, 'invalid_request', null],
    ['a text cursor', 'message', { message: 'Hi' }, { 'last-event-id': 'x' }, 400, 'invalid_request', 'last-event-id'],
    ['a cursor below 0', 'message?after=-1', { message: 'Hi' }, {}, 400, 'invalid_request', 'after'],
    ['a cursor with a point', 'message?after=1.5', { message: 'Hi' }, {}, 400, 'invalid_request', 'after'],
    ['an empty cursor', 'message?after=', { message: 'Hi' }, {}, 400, 'invalid_request', 'after'],
    ['a cursor into nothing', 'message?after=3', { message: 'Hi' }, {}, 400, 'invalid_request', 'after'],
    [
      'a cursor of an unknown id',
      'message?after=3',
      { message: 'Hi', message_id: 'm1' },
      {},
      400,
      'invalid_request',
      'after',
    ],
    ['a view that is none', 'nope', { message: 'Hi' }, {}, 404, 'not_found', null],
    ['a body over the limit', 'message', { message: 'x'.repeat(3000) }, {}, 413, 'invalid_request', null],
  ]
  test.each(POSTS)('%s (%s)', async (_, path, body, headers, status, code, param) => {
    const app = await start({ way, app: { maxBodyBytes: 2000 } })
    const response = await app.post(`/api/stream/${path}`, body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ type: 'error', error: expect.stringMatching(/\w{3}/), code, param })
    expect(app.runs()).toBe(0)
  })

  test.each(VIEWS)('another method than POST on %s is 405', async (view) => {
    const app = await start({ way })
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
      const response = await app.call(`/api/stream/${view}`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
    }
  })

  test('a cursor beyond the last entry', async () => {
    const app = await start({ way })
    const body = { message: 'Hi', message_id: 'm1' }
    const end = (await eventsOf(await app.post('/api/stream/message', body))).at(-1)?.id ?? 0
    const response = await app.post(`/api/stream/message?after=${end + 1}`, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', param: 'after' })
  })

  test('a message id that was used for another message', async () => {
    const app = await start({ way })
    const first = await app.post('/api/stream/message', { message: 'Hi', message_id: 'm1' })
    await first.text()
    const response = await app.post('/api/stream/hybrid', { message: 'Bye', message_id: 'm1' })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      code: 'message_id_conflict',
      message_id: 'm1',
      run_id: first.headers.get('x-run-id'),
    })
  })

  test('a message id whose run is no longer kept runs nothing again', async () => {
    let now = Date.now()
    const app = await start({ way, server: { log: new MemoryRunLog({ retentionMs: 1000, now: () => now }) } })
    const body = { message: 'Hi', message_id: 'm1' }
    await (await app.post('/api/stream/message', body)).text()
    now += 2000
    for (const view of ['message', 'message?after=2']) {
      const response = await app.post(`/api/stream/${view}`, body)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'expired' })
    }
    expect(app.runs()).toBe(1)
  })

  test('more readers than one user may have on a run', async () => {
    const app = await start({ way, server: { maxReaders: 1 } })
    const answer = paced(['one'])
    app.respond(answer.script)
    const body = { message: 'Hi', message_id: 'm1' }
    const first = await app.post('/api/stream/message', body)
    const second = await app.post('/api/stream/message', body)
    expect(second.status).toBe(429)
    expect(second.headers.get('retry-after')).toBe('1')
    expect(await second.json()).toMatchObject({ code: 'rate_limited' })
    answer.finish()
    expect(textOf(await eventsOf(first))).toBe('one')
  })
})

test("another user's message id is free", async () => {
  let user = ALICE
  const app = await start({ app: { authenticate: () => user } })
  const body = { message: 'Hi', message_id: 'm1' }
  const hers = await app.post('/api/stream/message', body)
  await hers.text()
  user = BOB
  const his = await app.post('/api/stream/message', body)
  await his.text()
  expect(his.headers.get('x-run-id')).not.toBe(hers.headers.get('x-run-id'))
  expect(app.runs()).toBe(2)
})
