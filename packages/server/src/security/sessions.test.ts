import { ChatKitError } from '@millrace/protocol'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { Sessions, type SessionsOptions } from './sessions.ts'

const SECRET = 'a secret for tests, and long enough'
const START_MS = Date.parse('2026-01-01T00:00:00Z')
const MINUTE_MS = 60_000

/** Sessions whose clock a test moves. */
function sessionsAt(options: Partial<SessionsOptions> = {}) {
  const clock = { ms: START_MS }
  return { clock, sessions: new Sessions({ secret: SECRET, now: () => clock.ms, ...options }) }
}

function request(headers: Record<string, string>): Request {
  return new Request('http://localhost/chatkit', { method: 'POST', headers })
}

test('a secret names its user until it expires', async () => {
  const { sessions } = sessionsAt()
  const { client_secret, expires_at } = await sessions.issue('alice')
  expect(expires_at).toBe(START_MS / 1000 + 15 * 60)
  expect(await sessions.verify(client_secret)).toMatchObject({ userId: 'alice', expiresAt: expires_at * 1000 })
})

test('another node that knows the same secret takes it, one with another does not', async () => {
  const { sessions } = sessionsAt()
  const { client_secret } = await sessions.issue('alice')
  expect(await sessionsAt().sessions.verify(client_secret)).toMatchObject({ userId: 'alice' })
  expect(await sessionsAt({ secret: SECRET.toUpperCase() }).sessions.verify(client_secret)).toBeUndefined()
})

test('every guest is another user, and keeps their secret for a month', async () => {
  const { sessions } = sessionsAt()
  const [one, two] = await Promise.all([sessions.issueGuest(), sessions.issueGuest()])
  const users = await Promise.all([one, two].map(async (guest) => (await sessions.verify(guest.client_secret))?.userId))
  expect(users[0]).toMatch(/^guest_[0-9a-f]{32}$/)
  expect(users[0]).not.toBe(users[1])
  expect(one.expires_at - START_MS / 1000).toBe(30 * 24 * 3600)
})

test.each([
  [-1, true],
  [59, true],
  [61, false],
])('%i seconds past its end a secret is good: %s, since clocks may lie a minute apart', async (seconds, isGood) => {
  const { clock, sessions } = sessionsAt()
  const { client_secret, expires_at } = await sessions.issue('alice')
  clock.ms = (expires_at + seconds) * 1000
  expect((await sessions.verify(client_secret)) !== undefined).toBe(isGood)
})

test('a secret from a node whose clock is ahead is good', async () => {
  const { clock, sessions } = sessionsAt()
  const { client_secret } = await sessions.issue('alice')
  clock.ms -= MINUTE_MS
  expect(await sessions.verify(client_secret)).toBeDefined()
})

const claims = { sid: 'one' }
const inAnHour = START_MS / 1000 + 3600
const key = new TextEncoder().encode(SECRET)

test.each<[string, () => Promise<string> | string]>([
  ['no token at all', () => 'garbage'],
  ['the empty text', () => ''],
  [
    'one without a signature',
    () => new UnsecuredJWT(claims).setIssuer('millrace').setSubject('a').setIssuedAt().setExpirationTime('1h').encode(),
  ],
  [
    'one of another issuer',
    () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('somebody')
        .setSubject('a')
        .setIssuedAt(START_MS / 1000)
        .setExpirationTime(inAnHour)
        .sign(key),
  ],
  [
    'one that never expires',
    () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('millrace')
        .setSubject('a')
        .setIssuedAt(START_MS / 1000)
        .sign(key),
  ],
  [
    'one by another algorithm',
    () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS384' })
        .setIssuer('millrace')
        .setSubject('a')
        .setIssuedAt(START_MS / 1000)
        .setExpirationTime(inAnHour)
        .sign(key),
  ],
])('%s names nobody and is never refreshed', async (_, make) => {
  const { sessions } = sessionsAt()
  const token = await make()
  expect(await sessions.verify(token)).toBeUndefined()
  await expect(sessions.refresh(token)).rejects.toMatchObject({ code: 'auth_error', status: 401 })
})

test('a secret whose claims were changed names nobody', async () => {
  const { sessions } = sessionsAt()
  const [header, body, signature] = (await sessions.issue('alice')).client_secret.split('.')
  const changed = Buffer.from(body ?? '', 'base64url')
    .toString()
    .replace('alice', 'bobby')
  expect(changed).toContain('bobby')
  const token = [header, Buffer.from(changed).toString('base64url'), signature].join('.')
  expect(await sessions.verify(token)).toBeUndefined()
})

describe('a refresh', () => {
  test('gives the same user, in the same session, another secret with a lifetime of its own', async () => {
    const { clock, sessions } = sessionsAt()
    const old = await sessions.issue('alice')
    clock.ms += 14 * MINUTE_MS
    const fresh = await sessions.refresh(old.client_secret)
    expect(fresh.expires_at - old.expires_at).toBe(14 * 60)
    const [before, after] = await Promise.all([old, fresh].map((secret) => sessions.verify(secret.client_secret)))
    expect(after).toMatchObject({ userId: 'alice', sessionId: before?.sessionId })
  })

  test('leaves a guest the lifetime of a guest', async () => {
    const { sessions } = sessionsAt()
    const guest = await sessions.issueGuest()
    expect((await sessions.refresh(guest.client_secret)).expires_at).toBe(guest.expires_at)
  })

  test.each([
    [10 * 60, true],
    [10 * 60 + 1, false],
  ])('%i seconds past the end is allowed: %s', async (seconds, isAllowed) => {
    const { clock, sessions } = sessionsAt()
    const { client_secret, expires_at } = await sessions.issue('alice')
    clock.ms = (expires_at + seconds) * 1000 - (isAllowed ? 1 : 0)
    const outcome = await sessions.refresh(client_secret).then(
      () => true,
      (error: unknown) => !(error instanceof ChatKitError && error.code === 'auth_error'),
    )
    expect(outcome).toBe(isAllowed)
  })
})

test('a revoked session neither works nor is refreshed, whichever of its secrets is shown', async () => {
  const revoked = new Set<string>()
  const { sessions } = sessionsAt({ isRevoked: async ({ sessionId }) => revoked.has(sessionId) })
  const old = await sessions.issue('alice')
  const fresh = await sessions.refresh(old.client_secret)
  const other = await sessions.issue('alice')
  revoked.add((await sessions.verify(fresh.client_secret))?.sessionId ?? '')
  for (const { client_secret } of [old, fresh]) {
    expect(await sessions.verify(client_secret)).toBeUndefined()
    await expect(sessions.refresh(client_secret)).rejects.toMatchObject({ code: 'auth_error' })
  }
  expect(await sessions.verify(other.client_secret)).toMatchObject({ userId: 'alice' })
})

test.each(['', 'short', 'x'.repeat(31)])(
  '%j is too short to sign with, and the error says how to make one',
  (secret) => {
    expect(() => new Sessions({ secret })).toThrow(/at least 32 characters.*openssl rand/)
  },
)

describe('who asks', () => {
  test('stands in the header, or in the subprotocol of a WebSocket', async () => {
    const { sessions } = sessionsAt()
    const { client_secret: alice } = await sessions.issue('alice')
    const { client_secret: bob } = await sessions.issue('bob')
    const asks = (headers: Record<string, string>) => sessions.authenticate(request(headers))
    expect(await asks({ authorization: `Bearer ${alice}` })).toEqual({ userId: 'alice' })
    expect(await asks({ authorization: `bearer ${alice}` })).toEqual({ userId: 'alice' })
    expect(await asks({ 'sec-websocket-protocol': `millrace, bearer.${bob}` })).toEqual({ userId: 'bob' })
    expect(await asks({ authorization: `Bearer ${alice}`, 'sec-websocket-protocol': `bearer.${bob}` })).toEqual({
      userId: 'alice',
    })
  })

  test.each<Record<string, string>>([
    {},
    { authorization: 'Basic YWxpY2U6cHc=' },
    { authorization: 'Bearer' },
    { authorization: `Bearer ${SECRET}` },
    { 'sec-websocket-protocol': 'millrace' },
    { 'sec-websocket-protocol': 'bearer.' },
  ])('%o names nobody', async (headers) => {
    expect(await sessionsAt().sessions.authenticate(request(headers))).toBeUndefined()
  })

  test('had a session once, even if it is over', async () => {
    const { clock, sessions } = sessionsAt({ isRevoked: () => true })
    const { client_secret } = await sessions.issue('alice')
    clock.ms += 365 * 24 * 60 * MINUTE_MS
    expect(await sessions.wasIssued(request({ authorization: `Bearer ${client_secret}` }))).toBe(true)
    expect(await sessions.wasIssued(request({ authorization: 'Bearer garbage' }))).toBe(false)
    expect(await sessions.wasIssued(request({}))).toBe(false)
  })

  test('is a backend where it shows the signing secret', async () => {
    const { sessions } = sessionsAt()
    const isBackend = (authorization: string) => sessions.isBackend(request({ authorization }))
    expect(await isBackend(`Bearer ${SECRET}`)).toBe(true)
    for (const wrong of [`Bearer ${SECRET.slice(0, -1)}`, `Bearer ${SECRET}!`, `Basic ${SECRET}`, 'Bearer', '']) {
      expect(await isBackend(wrong)).toBe(false)
    }
  })
})
