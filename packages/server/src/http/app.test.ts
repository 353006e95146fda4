import { afterEach, describe, expect, test } from 'vitest'
import { type Served, serve } from '../node.ts'
import { ALICE, BOB, message, requests, says, type TestUser, testServer } from '../testing/test-server.ts'
import { type AppOptions, createApp } from './app.ts'

let served: Served | undefined
afterEach(async () => {
  await served?.close()
  served = undefined
})

/** The handler in-process, as another runtime would mount it. */
function app(options: Partial<AppOptions<TestUser>> = {}) {
  const it = testServer()
  const handler = createApp<TestUser>({ server: it.server, authenticate: () => ALICE, ...options })
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    handler(
      new Request('http://127.0.0.1:8000/chatkit', {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { host: '127.0.0.1:8000', ...headers },
      }),
    )
  return { ...it, handler, post }
}

/** The handler behind a real socket. */
async function listening(options: Partial<AppOptions<TestUser>> = {}) {
  const it = app(options)
  served = await serve(it.handler, { port: 0 })
  const { url } = served
  const post = (body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${url}/chatkit`, { method: 'POST', body: JSON.stringify(body), headers, signal: signal ?? null })
  return { ...it, url, post }
}

describe.each([
  ['as a web-standard handler', async () => app()],
  ['behind a socket', () => listening()],
])('%s', (_, make) => {
  test('the frames of a client that can not resume are those of the Python server to the byte', async () => {
    const { post, respond } = await make()
    respond(says('Hi ✓', 'm'))
    const response = await post(requests.create())
    const body = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('x-run-id')).toMatch(/^run_/)
    for (const frame of body.split('\n\n').slice(0, -1)) expect(frame).toMatch(/^data: \{.*\}$/)
    expect(body).toContain('"delta":"✓"')
    expect(body).not.toContain('run.ended')
  })

  test('a client that can resume gets sequence numbers and a last frame that names the outcome', async () => {
    const { post } = await make()
    const body = await (await post(requests.create(), { 'last-event-id': '0' })).text()
    const frames = body.split('\n\n').slice(0, -1)
    expect(frames.map((frame) => Number(/^id: (\d+)\n/.exec(frame)?.[1]))).toEqual(frames.map((_, index) => index + 1))
    expect(JSON.parse(frames.at(-1)?.split('data: ')[1] ?? '')).toMatchObject({
      type: 'run.ended',
      outcome: 'completed',
    })
  })

  test.each([
    ['malformed JSON', '{', 400, 'invalid_request'],
    ['an unknown type', { type: 'threads.explode', params: {} }, 400, 'invalid_request'],
    ['a missing field', { type: 'threads.get_by_id', params: {} }, 400, 'invalid_request'],
    ['a missing thread', { type: 'threads.get_by_id', params: { thread_id: 'nope' } }, 404, 'not_found'],
    ['a message to a missing thread', requests.message('nope'), 404, 'not_found'],
  ])('%s is one clear error before any stream', async (_name, body, status, code) => {
    const { handler } = await make()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await handler(new Request('http://localhost/chatkit', { method: 'POST', body: text }))
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ type: 'error', code, error: expect.stringMatching(/\w+/) })
  })
})

describe('POST /chatkit', () => {
  test('resuming goes on after the number asked for, and says whether the run still runs', async () => {
    const { post } = app()
    const first = await post(requests.create())
    const runId = first.headers.get('x-run-id') ?? ''
    await first.text()
    const response = await post(requests.resume(runId, 4))
    expect(response.headers.get('x-run-status')).toBe('completed')
    expect(await response.text()).toMatch(/^id: 5\n/)
  })

  test('a thread that has no run any more answers 204', async () => {
    const it = app()
    const threadId = (await it.open(requests.create())).run.info.threadId
    await it.json({ type: 'runs.stop', params: { thread_id: threadId } })
    await it.log.forget(threadId)
    const response = await it.post({ type: 'runs.resume', params: { thread_id: threadId } })
    expect(response.status).toBe(204)
  })

  test('a repeat under the same Idempotency-Key joins the run', async () => {
    const { post } = app()
    const key = { 'idempotency-key': 'once' }
    const [one, two] = await Promise.all([post(requests.create(), key), post(requests.create(), key)])
    expect(one.headers.get('x-run-id')).toBe(two.headers.get('x-run-id'))
    expect(await one.text()).toContain('Hello')
    await two.text()
  })

  test.each([
    ['last-event-id', 'text'],
    ['last-event-id', '-1'],
    ['idempotency-key', 'no spaces'],
  ])('a bad %s is refused', async (header, value) => {
    const { post } = app()
    const response = await post(requests.create(), { [header]: value })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', param: header })
  })

  test('another method is 405 and names the right one', async () => {
    const { handler } = app()
    const response = await handler(new Request('http://localhost/chatkit'))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test('a body over the limit is 413', async () => {
    const { post } = app({ maxBodyBytes: 1000 })
    const response = await post(requests.create('x'.repeat(2000)))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', error: expect.stringContaining('1000') })
  })

  test('a request without a user is 401', async () => {
    const { post } = app({ authenticate: () => undefined })
    expect((await post(requests.create())).status).toBe(401)
  })

  test('an exception of the app is a 500 that tells nothing, and is reported', async () => {
    const reported: unknown[] = []
    const it = app({ onError: (error) => reported.push(error) })
    it.store.loadThread = () => Promise.reject(new Error('connection string with a secret'))
    const response = await it.post(requests.message('thr_1'))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(reported).toHaveLength(1)
  })
})

describe('a lost connection', () => {
  /** Starts an answer that never ends by itself, reads a little of it over a socket, and leaves. */
  async function startAndLeave(headers: Record<string, string>, onDisconnect: 'stop' | 'continue' = 'stop') {
    const it = await listening({ onDisconnect })
    const stopped = new Promise<string>((resolve) => {
      it.respond(async function* (turn) {
        turn.signal.addEventListener('abort', () => resolve(String(turn.signal.reason)))
        yield* message(turn, ['one '], 'first')
        await new Promise(() => {})
      })
    })
    const leave = new AbortController()
    const response = await it.post(requests.create(), headers, leave.signal)
    const reader = response.body?.getReader()
    await reader?.read()
    leave.abort()
    return { ...it, stopped, runId: response.headers.get('x-run-id') ?? '' }
  }

  test('stops the run of a client that can not resume', async () => {
    const { stopped } = await startAndLeave({})
    expect(await stopped).toBe('stopped')
  })

  test.each([
    ['a client that can resume', { 'last-event-id': '0' }, 'stop'],
    ['any client where the app says so', {}, 'continue'],
  ] as const)('stops nothing for %s', async (_, headers, onDisconnect) => {
    const { server, runId, post } = await startAndLeave(headers, onDisconnect)
    const again = await post(requests.resume(runId))
    expect(again.headers.get('x-run-status')).toBe('running')
    await server.process(requests.stop(runId), ALICE)
    expect(await again.text()).toContain('"outcome":"stopped"')
  })
})

describe('who may call', () => {
  test.each([
    ['no origin', {}, 200],
    ['its own origin', { origin: 'http://127.0.0.1:8000' }, 200],
    ['an origin that was named', { origin: 'https://app.example.com' }, 200],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['the opaque origin', { origin: 'null' }, 403],
    ['another port of the same host', { origin: 'http://127.0.0.1:9999' }, 403],
  ])('%s', async (_, headers, status) => {
    const { post } = app({ origins: ['https://app.example.com'] })
    expect((await post({ type: 'threads.list', params: {} }, headers)).status).toBe(status)
  })

  test('a foreign page that was named gets the headers it needs, and may read them', async () => {
    const { handler } = app({ origins: ['https://app.example.com'] })
    const headers = {
      host: 'api.example.com',
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
    }
    const response = await handler(new Request('http://api.example.com/chatkit', { method: 'OPTIONS', headers }))
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(response.headers.get('access-control-allow-headers')).toContain('last-event-id')
  })

  test('a streaming answer over a socket carries CORS headers too', async () => {
    const { post } = await listening({ origins: ['https://app.example.com'] })
    const response = await post(requests.create(), { origin: 'https://app.example.com' })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
    expect(response.headers.get('access-control-expose-headers')).toContain('x-run-id')
    await response.text()
  })

  test('on loopback a name that only resolves to it is refused', async () => {
    const { handler } = app({ isLoopback: true })
    const ask = (host: string) => handler(new Request(`http://${host}/health`, { headers: { host } }))
    expect((await ask('rebound.example:8000')).status).toBe(403)
    for (const host of ['localhost:8000', '127.0.0.1:8000', '[::1]:8000']) expect((await ask(host)).status).toBe(200)
  })

  test("another user's run can be neither read nor stopped", async () => {
    let user = ALICE
    const { post } = app({ authenticate: () => user })
    const runId = (await post(requests.create())).headers.get('x-run-id') ?? ''
    user = BOB
    expect((await post(requests.resume(runId))).status).toBe(404)
    expect((await post(requests.stop(runId))).status).toBe(404)
  })
})

describe('serving', () => {
  test('a port in use is a clear error', async () => {
    const { url } = await listening()
    const port = Number(new URL(url).port)
    await expect(serve(app().handler, { port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
  })

  test('an app that knows no users is not shown to others', async () => {
    const handler = createApp({ server: testServer().server })
    await expect(serve(handler, { host: '0.0.0.0', port: 0 })).rejects.toThrow('authenticate')
  })

  test('what nothing serves is a JSON 404', async () => {
    const { handler } = app()
    const response = await handler(new Request('http://localhost/nope'))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })
})
