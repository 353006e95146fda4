import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sessions } from '@millrace/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SessionUsersOptions, sessionUsers } from './session-users.ts'

const SECRET = 'a secret for tests, and long enough'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-users-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function users(
  config: Partial<SessionUsersOptions['config']> = {},
  authenticate?: SessionUsersOptions['authenticate'],
) {
  const all = { auth: undefined, host: '127.0.0.1', sessionSecret: SECRET, redisUrl: undefined, ...config }
  return sessionUsers({ config: all, folder, authenticate })
}

/** A request with a secret that was issued at that time. */
async function asking(userId?: string, issuedAt = Date.now()): Promise<Request> {
  const issuer = new Sessions({ secret: SECRET, now: () => issuedAt })
  const secret = userId === undefined ? undefined : (await issuer.issue(userId)).client_secret
  return new Request('http://localhost/chatkit', secret ? { headers: { authorization: `Bearer ${secret}` } } : {})
}

const AN_HOUR_AGO = () => Date.now() - 3_600_000
const carol = () => ({ userId: 'carol' })

test('on this machine everyone is the local user, and who has a session is its user', async () => {
  const { auth, identify, routes } = await users()
  expect([auth, routes?.believed]).toEqual(['anonymous', 'anyone'])
  expect(await identify(await asking())).toEqual({ userId: 'local' })
  expect(await identify(await asking('alice'))).toEqual({ userId: 'alice' })
})

test('who had a session is nobody once it is over, and not the local user', async () => {
  const { identify } = await users()
  expect(await identify(await asking('alice', AN_HOUR_AGO()))).toBeUndefined()
  const foreign = new Request('http://localhost/', { headers: { authorization: 'Bearer of-another-service' } })
  expect(await identify(foreign)).toEqual({ userId: 'local' })
})

test('with sessions nobody is anybody without one', async () => {
  const { auth, identify, routes } = await users({ host: '0.0.0.0' })
  expect([auth, routes?.believed]).toEqual(['session', 'backend'])
  expect(await identify(await asking())).toBeUndefined()
  expect(await identify(await asking('alice'))).toEqual({ userId: 'alice' })
})

test('an app that knows its users names them', async () => {
  const { auth, identify } = await users({ host: '0.0.0.0' }, carol)
  expect(auth).toBe('anonymous')
  expect(await identify(await asking())).toEqual({ userId: 'carol' })
})

test('an app that knows its users and wants sessions is asked when one is made, and not with each request', async () => {
  const { identify, routes } = await users({ auth: 'session' }, carol)
  expect(await identify(await asking())).toBeUndefined()
  expect(await routes?.userIdOf?.(await asking())).toBe('carol')
})

test('the secret is made and kept where none is given', async () => {
  const [one, two] = [await users({ sessionSecret: undefined }), await users({ sessionSecret: undefined })]
  const secret = await one.routes?.sessions.issue('alice')
  expect(await two.routes?.sessions.verify(secret?.client_secret ?? '')).toMatchObject({ userId: 'alice' })
})

test('several nodes need a secret for sessions, and without these do well without one', async () => {
  const shared = { sessionSecret: undefined, redisUrl: 'redis://127.0.0.1:6379' }
  await expect(users({ ...shared, auth: 'session' })).rejects.toThrow('SESSION_SECRET is needed')
  const { identify, routes } = await users(shared)
  expect(routes).toBeUndefined()
  expect(await identify(await asking())).toEqual({ userId: 'local' })
})
