/** Whatever goes wrong ends in a state that a person can act on. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { end, type RawCall, rawServer, token } from '../testing/raw-server.ts'
import { createStreamClient } from './create-stream-client.ts'
import type { StreamClient, StreamEvent, StreamOptions } from './types.ts'

function clientOf(url: string, options: StreamOptions = {}): StreamClient {
  const client = createStreamClient({ url, retryDelay: 1, ...options })
  onTestFinished(() => client.close())
  return client
}

/** A server that answers the first request by `first`, and the others with the rest of "Hello" behind `Last-Event-ID`. */
function firstThen(first: (call: RawCall) => void) {
  const events = [token(1, 'Hel'), token(2, 'lo'), end(3)]
  return rawServer((call, number) => {
    if (number === 0) return first(call)
    call.sse(events.slice(Number(call.headers['last-event-id'] ?? 0)).join('')).end()
  })
}

const HELLO = { response: 'Hello', outcome: 'completed', isStreaming: false, error: null }

describe('an answer comes whole although', () => {
  test.each<[string, (call: RawCall) => void]>([
    ['the connection breaks before it', ({ response }) => response.destroy()],
    [
      'the connection breaks in the middle',
      (call) => {
        call.sse(token(1, 'Hel'))
        setTimeout(() => call.response.destroy(), 20)
      },
    ],
    ['half a frame is its last', (call) => call.sse(token(1, 'Hel'), 'id: 2\ndata: {"type":"token","tok').end()],
    [
      'a frame is cut within a character',
      (call) => {
        const bytes = new TextEncoder().encode(token(2, 'lo👋'))
        call.sse(token(1, 'Hel'), bytes.slice(0, -7)).end()
      },
    ],
    ['a frame is damaged', (call) => call.sse(token(1, 'Hel'), 'id: 2\ndata: {"type":"tok\n\n', token(3, 'x')).end()],
    ['its body ends without an end event', (call) => call.sse(token(1, 'Hel')).end()],
    ['its body ends without any event', (call) => call.sse().end()],
    ['the server falls silent', (call) => call.sse(token(1, 'Hel'))],
    ['the server says nothing at all', () => {}],
    [
      'the server only sends comments',
      (call) => {
        call.sse(token(1, 'Hel'))
        const timer = setInterval(() => call.response.write(': keep-alive\n\n'), 10)
        call.response.on('close', () => clearInterval(timer))
      },
    ],
    [
      'the log could not be read on',
      (call) =>
        call
          .sse(token(1, 'Hel'), `data: {"type":"error","error":"Away.","code":"unavailable","recoverable":true}\n\n`)
          .end(),
    ],
    [
      'the log could not be read on before its first word',
      (call) => call.sse(`data: {"type":"error","error":"Away.","code":"unavailable","recoverable":true}\n\n`).end(),
    ],
    ['the server is not ready', (call) => call.fail(503, 'unavailable', {}, { 'retry-after': '0' })],
    ['there were too many', (call) => call.fail(429, 'rate_limited', {}, { 'retry-after': '0' })],
    ['the server failed', (call) => call.fail(500, 'server_error')],
    [
      'a proxy answers with a page that the server is away',
      ({ response }) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    ],
  ])('%s', async (_what, first) => {
    const server = await firstThen(first)
    const tokens: string[] = []
    const client = clientOf(server.url, { timeout: { firstToken: 100, betweenTokens: 100 } })
    client.onToken(({ token }) => tokens.push(token))
    expect(await client.start('Hi')).toMatchObject(HELLO)
    expect(tokens).toEqual(['Hel', 'lo'])
    const ids = new Set(server.calls.filter(({ body }) => 'message' in body).map(({ body }) => body.message_id))
    expect(ids.size).toBe(1)
  })

  test.each<[string, (string | Uint8Array)[], string]>([
    ['lines end as on Windows', [(token(1, 'Hel') + token(2, 'lo') + end(3)).replaceAll('\n', '\r\n')], 'Hello'],
    ['types are unknown', [`id: 1\ndata: {"type":"thought","text":"hm"}\n\n`, token(2, 'Hello'), end(3)], 'Hello'],
    [
      'its UTF-8 is broken',
      [`id: 1\ndata: {"type":"token","token":"a`, new Uint8Array([0xff, 0xc3]), `b"}\n\n`, end(2)],
      'a\uFFFD\uFFFDb',
    ],
    ['it is one line of five megabytes', [token(1, 'x'.repeat(5_000_000)), end(2)], 'x'.repeat(5_000_000)],
    ['nothing is numbered', [token(1, 'Hello'), end(2)].map((frame) => frame.replace(/^id: .\n/, '')), 'Hello'],
    ['it is empty', [end(1)], ''],
  ])('%s', async (_what, bytes, response) => {
    const server = await rawServer((call) => void call.sse(...bytes).end())
    const state = await clientOf(server.url, { maxRetries: 0 }).start('Hi')
    expect(state).toMatchObject({ outcome: 'completed', isStreaming: false, error: null })
    expect(state.response === response).toBe(true)
  })
})

describe('a person is told', () => {
  test.each<[string, (call: RawCall) => void, object]>([
    [
      'that the server is gone',
      ({ response }) => void response.destroy(),
      { type: 'network', code: 'connection_lost', recoverable: true },
    ],
    ['that the server is silent', () => {}, { type: 'timeout', code: 'timeout_first_token', recoverable: true }],
    [
      'that it falls silent',
      (call) => void call.sse(token(Number(call.headers['last-event-id'] ?? 0) + 1, 'x')),
      { type: 'timeout', code: 'timeout_total', recoverable: true },
    ],
    [
      'that a web page came',
      ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      { type: 'parse', code: 'unexpected_answer', recoverable: true },
    ],
    [
      'that all that comes is damaged',
      (call) => void call.sse('data: {\n\n').end(),
      { type: 'parse', code: 'unreadable', recoverable: true },
    ],
    [
      'that the session is over',
      (call) => call.fail(401, 'auth_error'),
      { type: 'http', code: 'auth_error', status: 401, recoverable: false },
    ],
    [
      'that the answer has expired',
      (call) => call.fail(404, 'expired'),
      { type: 'http', code: 'expired', status: 404, recoverable: false },
    ],
    [
      'that an answer is running already',
      (call) => call.fail(409, 'run_in_progress', { message_id: 'm_1', run_id: 'r_1' }),
      { type: 'http', code: 'run_in_progress', recoverable: true, runningMessageId: 'm_1' },
    ],
    [
      'that a message id is taken',
      (call) => call.fail(409, 'message_id_conflict'),
      { type: 'http', code: 'message_id_conflict', recoverable: false },
    ],
    [
      'to come again much later',
      (call) => call.fail(429, 'rate_limited', {}, { 'retry-after': '3600' }),
      { type: 'http', code: 'rate_limited', recoverable: true },
    ],
    [
      'that the model failed',
      (call) =>
        void call.sse(end(1, { type: 'error', error: 'It broke.', code: 'model_error', recoverable: true })).end(),
      { type: 'model', code: 'model_error', message: 'It broke.', recoverable: true },
    ],
    [
      'that the key is wrong',
      (call) =>
        void call
          .sse(end(1, { type: 'error', error: 'The key is wrong.', code: 'model_auth', recoverable: false }))
          .end(),
      { type: 'model', code: 'model_auth', recoverable: false },
    ],
  ])('%s', async (_what, answer, error) => {
    const server = await rawServer(answer)
    const timeout = { firstToken: 60, betweenTokens: 60, total: 500 }
    const state = await clientOf(server.url, { timeout, maxRetries: 1 }).start('Hi')
    expect(state).toMatchObject({ outcome: 'failed', isStreaming: false, connectionState: 'closed', error })
    expect(state.error?.message).toMatch(/\w+ .*\.$/)
  })

  test('that nothing listens there', async () => {
    const state = await clientOf('http://127.0.0.1:1').start('Hi')
    expect(state).toMatchObject({ outcome: 'failed', error: { type: 'network', recoverable: true } })
  })

  test('that there is no server to ask, where there is no page', async () => {
    const state = await createStreamClient().start('Hi')
    expect(state.error).toMatchObject({ code: 'no_url', recoverable: false })
  })

  test('that text without numbers broke off: it can not be gone on with', async () => {
    const server = await rawServer((call) => void call.sse(token(1, 'Hel').replace('id: 1\n', '')).end())
    const state = await clientOf(server.url).start('Hi')
    expect(state).toMatchObject({ response: 'Hel', outcome: 'failed', error: { type: 'network', recoverable: true } })
    expect(server.calls).toHaveLength(1)
  })
})

describe('tries', () => {
  test('wait as told, and are counted anew from the last event that came', async () => {
    const events: StreamEvent[] = []
    const server = await rawServer((call) => {
      const after = Number(call.headers['last-event-id'] ?? 0)
      if (after < 6) call.sse(token(after + 1, String(after))).end()
      else call.fail(503, 'unavailable', {}, { 'retry-after': '0' })
    })
    const onEvent = (event: StreamEvent) => event.type === 'retry' && events.push(event)
    const state = await clientOf(server.url, { onEvent, maxRetries: 2 }).start('Hi')
    expect(state).toMatchObject({ response: '012345', outcome: 'failed', error: { code: 'unavailable', status: 503 } })
    expect(state.metrics.resumes).toBe(5)
    expect(events.map((event) => event.type === 'retry' && event.attempt)).toEqual([1, 1, 1, 1, 1, 1, 2])
    expect(events.at(-1)).toMatchObject({ waitMs: 0 })
  })

  test('a run that died before its first word is started again under its name', async () => {
    const server = await rawServer((call, number) => {
      if (number === 0) call.sse().end()
      else if (number === 1) call.fail(404, 'not_found')
      else call.sse(token(1, 'Hello'), end(2)).end()
    })
    expect(await clientOf(server.url).start('Hi', { messageId: 'm_1' })).toMatchObject(HELLO)
    expect(server.routes()).toEqual([
      'POST /api/stream/message',
      'GET /api/message/m_1/stream',
      'POST /api/stream/message',
    ])
  })

  test('a 401 refreshes the session, once', async () => {
    const server = await rawServer((call) => {
      if (call.headers.authorization === 'Bearer new') call.sse(token(1, 'Hello'), end(2)).end()
      else call.fail(401, 'auth_error')
    })
    const asked: boolean[] = []
    const getClientSecret = (refresh: boolean) => {
      asked.push(refresh)
      return refresh ? 'new' : 'old'
    }
    expect(await clientOf(server.url, { getClientSecret }).start('Hi')).toMatchObject(HELLO)
    expect(asked).toEqual([false, true])
  })
})

test('what stands before something damaged is shown, and counts as progress', async () => {
  const server = await rawServer((call) => {
    const after = Number(call.headers['last-event-id'] ?? 0)
    if (after < 4) call.sse(token(after + 1, 'a'), token(after + 2, 'b'), 'data: {\n\n').end()
    else call.sse(end(5)).end()
  })
  expect(await clientOf(server.url, { maxRetries: 1 }).start('Hi')).toMatchObject({ ...HELLO, response: 'abab' })
})

test('a server that says the same again and again is given up', async () => {
  const server = await rawServer((call) => void call.sse(token(1, 'Hel')).end())
  const state = await clientOf(server.url, { maxRetries: 3 }).start('Hi')
  expect(state).toMatchObject({ response: 'Hel', outcome: 'failed', error: { type: 'network' } })
  expect(server.calls).toHaveLength(1 + 3)
})

test('many tries are all made, and none waits longer than a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const waits: number[] = []
  const client = createStreamClient({
    fetch: async () => new Response('', { status: 500 }),
    maxRetries: 12,
    timeout: 1e9,
    onEvent: (event) => event.type === 'retry' && waits.push(event.waitMs),
  })
  const ended = client.start('Hi')
  await vi.advanceTimersByTimeAsync(12 * 60_000)
  expect(await ended).toMatchObject({ outcome: 'failed', error: { code: 'server_error' } })
  expect(waits).toHaveLength(12)
  expect(Math.max(...waits)).toBe(60_000)
})

test('a run that the server does not know any more is never run again by another way', async () => {
  const server = await rawServer((call, number) => {
    if (number === 0) call.sse(token(1, 'The cat sat')).end()
    else if (call.route.startsWith('GET')) call.fail(404, 'not_found')
    else call.json({ message_id: 'm_1', text: 'Another answer' })
  })
  const state = await clientOf(server.url, { transport: 'hybrid' }).start('Hi', { messageId: 'm_1' })
  expect(state).toMatchObject({ response: 'The cat sat', outcome: 'failed', error: { code: 'not_found' } })
  expect(server.routes().filter((route) => route.startsWith('POST'))).toEqual(['POST /api/stream/message'])
})

test('polling does not show the answer to another message of the same name', async () => {
  const server = await rawServer((call) => {
    if (call.route.startsWith('POST')) call.fail(409, 'message_id_conflict')
    else call.json({ message_id: 'm_1', tokens: ['other'], next: 2, complete: true, status: 'completed' })
  })
  const state = await clientOf(server.url, { transport: 'polling' }).start('Hi', { messageId: 'm_1' })
  expect(state).toMatchObject({ response: '', outcome: 'failed', error: { code: 'message_id_conflict' } })
})

test('the smallest limit for what waits to be shown still lets it through', async () => {
  const server = await rawServer((call) => void call.sse(token(1, 'Hel'), token(2, 'lo'), end(3)).end())
  const client = clientOf(server.url, { maxPending: 0 })
  client.subscribe(() => {})
  expect(await client.start('Hi')).toMatchObject(HELLO)
})

test('a stop waits for a request that is slow to be answered: the server may have it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  let signal: AbortSignal | null | undefined
  let hasIt = false
  const client = createStreamClient({
    async fetch(url, init) {
      if (url.endsWith('/stop')) return Response.json({ code: 'not_found' }, { status: hasIt ? 200 : 404 })
      signal = init.signal
      await new Promise((resolve) => setTimeout(resolve, 5000))
      hasIt = true
      return new Response(end(1, { type: 'cancelled' }), { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  const ended = client.start('Hi')
  await vi.advanceTimersByTimeAsync(10)
  void client.stop()
  await vi.advanceTimersByTimeAsync(4000)
  expect([signal?.aborted, client.getSnapshot().isStreaming]).toEqual([false, true])
  await vi.advanceTimersByTimeAsync(2000)
  expect(await ended).toMatchObject({ outcome: 'stopped', error: null })
})

test('who waits long is told why, and a stop ends the wait at once: the server has nothing to stop', async () => {
  const server = await rawServer((call) => {
    if (call.route.endsWith('/stop')) call.fail(404, 'not_found')
    else call.fail(429, 'rate_limited', {}, { 'retry-after': '50' })
  })
  const client = clientOf(server.url)
  const ended = client.start('Hi', { messageId: 'm_1' })
  await expect.poll(() => client.getSnapshot().error).toMatchObject({ code: 'rate_limited' })
  expect(client.getSnapshot()).toMatchObject({ isStreaming: true, attempt: 1, connectionState: 'reconnecting' })
  await client.stop()
  expect(await ended).toMatchObject({ outcome: 'stopped', error: null })
  expect(server.routes()).toEqual(['POST /api/stream/message', 'POST /api/message/m_1/stop'])
})

test('a stop that finds no free connection takes the one of the answer', async () => {
  let closeStream = () => {}
  const server = await rawServer((call, number) => {
    if (number === 0) call.sse(token(1, 'Hel')).on('close', () => closeStream())
    else if (!call.route.endsWith('/stop')) call.sse(end(2, { type: 'cancelled' })).end()
    // as behind a browser's limit of six connections
    else closeStream = () => call.json({ message_id: 'm_1', status: 'stopped' })
  })
  const client = clientOf(server.url)
  const ended = client.start('Hi', { messageId: 'm_1' })
  await expect.poll(() => client.getSnapshot().response).toBe('Hel')
  await client.stop()
  expect(await ended).toMatchObject({ response: 'Hel', outcome: 'stopped', error: null })
})

test('hybrid goes on by polling where no stream comes through, and whole where that fails too', async () => {
  const methods: string[] = []
  const server = await rawServer((call) => {
    if (call.route === 'POST /api/message') return call.json({ message_id: call.body.message_id, text: 'Hello' })
    call.response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
  })
  const client = clientOf(server.url, { transport: 'hybrid', maxRetries: 0 })
  client.subscribe(() => {
    if (methods.at(-1) !== client.getSnapshot().method) methods.push(client.getSnapshot().method)
  })
  expect(await client.start('Hi')).toMatchObject({ ...HELLO, method: 'whole' })
  expect(methods).toEqual(['streaming', 'polling', 'whole'])
  // and knows better the next time
  const before = server.calls.length
  expect(await client.start('Again')).toMatchObject({ ...HELLO, method: 'whole' })
  expect(server.routes().slice(before)).toEqual(['POST /api/message'])
})

test('a page of its own making whose fetch ignores signals can be left all the same', async () => {
  const client = clientOf('http://any', {
    fetch: () => new Promise(() => {}),
    timeout: { firstToken: 20 },
    maxRetries: 0,
  })
  expect(await client.start('Hi')).toMatchObject({ outcome: 'failed', error: { type: 'timeout' } })
  const left = client.start('Hi')
  client.close()
  expect(await left).toMatchObject({ isStreaming: false, outcome: undefined, error: null })
})

test('a listener that throws harms nobody else', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => logged.mockRestore())
  const server = await rawServer((call) => void call.sse(token(1, 'Hello'), end(2)).end())
  const client = clientOf(server.url)
  client.onToken(() => {
    throw new Error('mine')
  })
  expect(await client.start('Hi')).toMatchObject(HELLO)
  expect(logged).toHaveBeenCalledOnce()
})

test('a listener of the state that throws keeps no other from hearing', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => logged.mockRestore())
  const client = clientOf('http://any', { fetch: async () => new Response('', { status: 400 }) })
  const heard = vi.fn()
  client.subscribe(() => {
    throw new Error('mine')
  })
  client.subscribe(heard)
  await client.start('Hi')
  await expect.poll(() => heard.mock.calls.length).toBeGreaterThan(1)
})

test('who leaves in the middle of a batch hears no more of it', async () => {
  const server = await rawServer((call) => void call.sse(token(1, 'a'), token(2, 'b'), token(3, 'c'), end(4)).end())
  const client = clientOf(server.url)
  const heard: string[] = []
  client.onToken(({ token }) => {
    heard.push(token)
    client.close()
  })
  expect(await client.start('Hi')).toMatchObject({ response: 'a', outcome: undefined })
  expect(heard).toEqual(['a'])
})
