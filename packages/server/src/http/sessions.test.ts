import { describe, expect, test } from 'vitest'
import { Sessions } from '../security/sessions.ts'
import { requests, says, type TestUser, testServer } from '../testing/test-server.ts'
import { type AppOptions, createApp } from './app.ts'
import type { SessionRoutes } from './sessions.ts'

const SECRET = 'a secret for tests, and long enough'
const BACKEND = { authorization: `Bearer ${SECRET}` }

/** A server that asks for sessions, and a clock that a test can move. */
function app(options: Partial<SessionRoutes> = {}, more: Partial<AppOptions<TestUser>> = {}) {
  const clock = { ms: Date.now() }
  const sessions = new Sessions({ secret: SECRET, now: () => clock.ms })
  const it = testServer()
  const handler = createApp<TestUser>({
    server: it.server,
    authenticate: (request) => sessions.authenticate(request),
    sessions: { sessions, ...options },
    ...more,
  })
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}, address?: string) => {
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const request = new Request(`http://127.0.0.1:8000${path}`, {
      method: 'POST',
      headers: { host: '127.0.0.1:8000', ...headers },
      ...text,
    })
    return handler(request, address && { incoming: { socket: { remoteAddress: address } } })
  }
  const session = async (body?: unknown, headers: Record<string, string> = {}): Promise<string> => {
    const response = await post('/api/chatkit/session', body, headers)
    expect(response.status).toBe(200)
    return (await response.json()).client_secret
  }
  const userOf = async (secret: string) => (await sessions.verify(secret))?.userId
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
  return { ...it, clock, sessions, handler, post, session, userOf, bearer }
}

describe('a session', () => {
  test('is what a chat needs: its threads are its own', async () => {
    const { post, session, bearer, respond } = app()
    respond(says('Hello'))
    const [one, two] = [await session(), await session()]
    expect((await post('/chatkit', requests.create())).status).toBe(401)
    const answer = await post('/chatkit', requests.create(), bearer(one))
    expect(await answer.text()).toContain('Hello')
    const threads = async (secret: string) => {
      const response = await post('/chatkit', { type: 'threads.list', params: {} }, bearer(secret))
      return (await response.json()).data.length
    }
    expect([await threads(one), await threads(two)]).toEqual([1, 0])
  })

  test('answers with exactly the two fields of the contract, and is never cached', async () => {
    const { post } = app()
    const response = await post('/api/chatkit/session')
    const body = await response.json()
    expect(Object.keys(body).sort()).toEqual(['client_secret', 'expires_at'])
    expect(body.expires_at).toBeGreaterThan(Date.now() / 1000)
    expect(body.expires_at).toBeLessThan(Date.now() / 100)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test.each([undefined, '', '  ', {}, { other: 'field' }])(
    'of a stranger who sends %j is a new guest',
    async (body) => {
      const { session, userOf } = app()
      const users = [await userOf(await session(body)), await userOf(await session(body))]
      expect(users[0]).toMatch(/^guest_/)
      expect(users[0]).not.toBe(users[1])
    },
  )

  test('is the named user’s where a backend asks, and a guest’s where anybody else does', async () => {
    const { session, userOf, bearer } = app()
    expect(await userOf(await session({ user_id: 'alice' }, BACKEND))).toBe('alice')
    for (const headers of [{}, bearer('wrong'), { authorization: `Basic ${SECRET}` }]) {
      expect(await userOf(await session({ user_id: 'alice' }, headers))).toMatch(/^guest_/)
    }
  })

  test('of a backend that names nobody is a guest’s', async () => {
    const { session, userOf } = app()
    expect(await userOf(await session({}, BACKEND))).toMatch(/^guest_/)
  })

  test('of someone who has one already is for the same user, whoever they name', async () => {
    const { session, userOf, bearer } = app()
    const alice = await session({ user_id: 'alice' }, BACKEND)
    expect(await userOf(await session({ user_id: 'bob' }, bearer(alice)))).toBe('alice')
  })

  test('of a user whom the app knows is theirs, whoever is named', async () => {
    const { session, userOf } = app({ userIdOf: (request) => request.headers.get('x-user') ?? undefined })
    expect(await userOf(await session({ user_id: 'bob' }, { 'x-user': 'carol', ...BACKEND }))).toBe('carol')
    expect(await userOf(await session({ user_id: 'bob' }, BACKEND))).toBe('bob')
  })

  test('names whoever is asked for where the server knows no users, and else the local user', async () => {
    const { session, userOf } = app({ believed: 'anyone' })
    expect(await userOf(await session({ user_id: 'alice' }))).toBe('alice')
    expect(await userOf(await session())).toBe('local')
  })

  test.each([
    ['{', null],
    ['[]', null],
    ['"alice"', null],
    [{ user_id: '' }, 'user_id'],
    [{ user_id: 7 }, 'user_id'],
    [{ user_id: null }, 'user_id'],
    [{ user_id: 'x'.repeat(257) }, 'user_id'],
    [{ user_id: 'a\nb' }, 'user_id'],
    [{ user_id: 'a\u0085b' }, 'user_id'],
  ])('with %j is 400 and says which field', async (body, param) => {
    const { post } = app()
    const response = await post('/api/chatkit/session', body, BACKEND)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', code: 'invalid_request', param })
  })

  test('a user id may be any text up to 256 characters', async () => {
    const { session, userOf } = app()
    for (const id of ['x'.repeat(256), 'Müller, Jürgen <j@example.com>', '用户']) {
      expect(await userOf(await session({ user_id: id }, BACKEND))).toBe(id)
    }
  })
})

describe('guests', () => {
  const GUEST = '/api/chatkit/session'

  test('can not be made without end from one address, which is told when to come back', async () => {
    const { post } = app({ guestsPerMinute: 2 })
    const ask = async (address: string) => (await post(GUEST, undefined, {}, address)).status
    expect([await ask('203.0.113.1'), await ask('203.0.113.1'), await ask('203.0.113.2')]).toEqual([200, 200, 200])
    const refused = await post(GUEST, undefined, {}, '203.0.113.1')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
  })

  test('are counted by the address that the nearest proxy wrote', async () => {
    const { post } = app({ guestsPerMinute: 1 })
    const ask = async (forwarded: string) =>
      (await post(GUEST, undefined, { 'x-forwarded-for': forwarded }, '127.0.0.1')).status
    expect([await ask('203.0.113.1'), await ask('203.0.113.2'), await ask('1.1.1.1, 203.0.113.1')]).toEqual([
      200, 200, 429,
    ])
  })

  test('users with a session and backends are none', async () => {
    const { post, session, bearer } = app({ guestsPerMinute: 1 })
    const alice = await session({ user_id: 'alice' }, BACKEND)
    for (const headers of [bearer(alice), bearer(alice), BACKEND, BACKEND]) {
      expect((await post(GUEST, {}, headers, '203.0.113.1')).status).toBe(200)
    }
  })
})

describe('a refresh', () => {
  test('goes on as the same user with a secret that has expired a while ago', async () => {
    const { clock, session, post, userOf } = app()
    const old = await session({ user_id: 'alice' }, BACKEND)
    clock.ms += 24 * 60_000
    expect(await userOf(old)).toBeUndefined()
    const response = await post('/api/chatkit/refresh', { token: old })
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(Object.keys(body).sort()).toEqual(['client_secret', 'expires_at'])
    expect(await userOf(body.client_secret)).toBe('alice')
  })

  test('of a secret that is too old, forged or none at all is 401', async () => {
    const { clock, session, post } = app()
    const old = await session({ user_id: 'alice' }, BACKEND)
    clock.ms += 26 * 60_000
    for (const token of [old, `${old.slice(0, -4)}AAAA`, 'garbage', SECRET]) {
      const response = await post('/api/chatkit/refresh', { token })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ type: 'error', code: 'auth_error', param: null })
    }
  })

  test.each([undefined, {}, { token: 7 }, { token: '' }])('without a token (%j) is 400', async (body) => {
    const { post } = app()
    const response = await post('/api/chatkit/refresh', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', param: 'token' })
  })
})

describe.each(['/api/chatkit/session', '/api/chatkit/refresh'])('%s', (path) => {
  test('answers POST alone', async () => {
    const response = await app().handler(new Request(`http://127.0.0.1:8000${path}`))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  test('refuses foreign pages, foreign host names and bodies without an end', async () => {
    const { post, handler } = app({}, { isLoopback: true, maxBodyBytes: 1000 })
    expect((await post(path, {}, { origin: 'https://evil.example' })).status).toBe(403)
    const rebound = new Request(`http://evil.example${path}`, { method: 'POST', headers: { host: 'evil.example' } })
    expect((await handler(rebound)).status).toBe(403)
    expect((await post(path, { token: 'x'.repeat(2000) })).status).toBe(413)
  })

  test('is not there where the app has no sessions', async () => {
    const handler = createApp<TestUser>({ server: testServer().server })
    expect((await handler(new Request(`http://127.0.0.1:8000${path}`, { method: 'POST' }))).status).toBe(404)
  })
})
