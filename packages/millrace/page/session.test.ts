import { Sessions } from '@millrace/server'
import { expect, test } from 'vitest'
import { type SessionSurroundings, sessionFetch } from './session.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A server with sessions, as far as a page sees it, and the clocks and storage of one browser. */
function surroundings({ behindMs = 0, guestLifetimeMs = 30 * DAY_MS } = {}) {
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') }
  const server = { sessions: newSessions('a'), isFull: false, asked: [] as string[] }
  const kept = new Map<string, string>()
  let last: Promise<unknown> = Promise.resolve()

  function newSessions(letter: string) {
    return new Sessions({ secret: letter.repeat(32), guestLifetimeMs, now: () => clock.ms })
  }
  const answer = (body: unknown, status = 200) =>
    Response.json(body, { status, headers: { date: new Date(clock.ms).toUTCString() } })
  const around: SessionSurroundings = {
    now: () => clock.ms - behindMs,
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    },
    alone(work) {
      const next = last.then(work)
      last = next.catch(() => {})
      return next
    },
    async fetch(input, init) {
      const path = String(input)
      server.asked.push(path)
      if (path === '/api/chatkit/session') {
        return server.isFull ? answer({ code: 'rate_limited' }, 429) : answer(await server.sessions.issueGuest())
      }
      if (path === '/api/chatkit/refresh') {
        const { token } = JSON.parse(String(init?.body))
        return server.sessions.refresh(token).then(answer, () => answer({ code: 'auth_error' }, 401))
      }
      const user = await server.sessions.authenticate(
        new Request('http://localhost/', { headers: init?.headers ?? {} }),
      )
      return user ? answer({ user: user.userId, body: init?.body }) : answer({ code: 'auth_error' }, 401)
    },
  }
  const tab = () => {
    const send = sessionFetch(around)
    return async (body = '') => (await send('/chatkit', { method: 'POST', body })).json()
  }
  const loseSecret = () => {
    server.sessions = newSessions('b')
  }
  return { clock, server, kept, tab, loseSecret, around }
}

test('every request of every tab is the same guest’s, after a reload too', async () => {
  const { tab, server } = surroundings()
  const [one, two] = [tab(), tab()]
  const answers = await Promise.all([one('first'), one(), two(), tab()()])
  expect(new Set(answers.map(({ user }) => user)).size).toBe(1)
  expect(answers[0]).toMatchObject({ user: expect.stringMatching(/^guest_/), body: 'first' })
  expect(server.asked.filter((path) => path === '/api/chatkit/session')).toHaveLength(1)
})

test('another browser is another guest', async () => {
  const [one, two] = [surroundings(), surroundings()]
  expect((await one.tab()()).user).not.toBe((await two.tab()()).user)
})

test('a secret that is over is refreshed before it is used', async () => {
  const { tab, clock, server } = surroundings({ guestLifetimeMs: 15 * MINUTE_MS })
  const { user } = await tab()()
  clock.ms += 20 * MINUTE_MS
  expect((await tab()()).user).toBe(user)
  expect(server.asked).toEqual(['/api/chatkit/session', '/chatkit', '/api/chatkit/refresh', '/chatkit'])
})

test('a secret that has half its time left is renewed beside the request', async () => {
  const { tab, clock, server, kept } = surroundings()
  const { user } = await tab()()
  const before = [...kept.values()]
  clock.ms += 16 * DAY_MS
  expect((await tab()()).user).toBe(user)
  await expect.poll(() => [...kept.values()]).not.toEqual(before)
  expect(server.asked.slice(2).sort()).toEqual(['/api/chatkit/refresh', '/chatkit'])
  clock.ms += 29 * DAY_MS
  expect((await tab()()).user).toBe(user)
})

test('a secret that the server refuses is renewed once, and the request sent again with its body', async () => {
  const { tab, server, loseSecret } = surroundings()
  const { user } = await tab()()
  loseSecret()
  const again = await tab()('my message')
  expect(again).toMatchObject({ user: expect.stringMatching(/^guest_/), body: 'my message' })
  expect(again.user).not.toBe(user)
  expect(server.asked.slice(2)).toEqual(['/chatkit', '/api/chatkit/refresh', '/api/chatkit/session', '/chatkit'])
})

test('tabs whose secret is refused at once stay one guest', async () => {
  const { tab, loseSecret } = surroundings()
  const tabs = [tab(), tab(), tab()]
  await Promise.all(tabs.map((send) => send()))
  loseSecret()
  const answers = await Promise.all(tabs.map((send) => send()))
  expect(new Set(answers.map(({ user }) => user)).size).toBe(1)
})

test('a clock that is wrong by a day changes nothing', async () => {
  for (const behindMs of [DAY_MS, -DAY_MS]) {
    const { tab, server } = surroundings({ behindMs, guestLifetimeMs: 15 * MINUTE_MS })
    await tab()()
    await tab()()
    expect(server.asked).toEqual(['/api/chatkit/session', '/chatkit', '/chatkit'])
  }
})

test('where no session is to be had the server’s refusal is the answer', async () => {
  const { tab, server } = surroundings()
  server.isFull = true
  expect(await tab()()).toEqual({ code: 'rate_limited' })
  expect(server.asked).toEqual(['/api/chatkit/session'])
})

test('what is no session in the storage counts as none', async () => {
  for (const text of ['', '{', 'null', '{"secret":1}']) {
    const { tab, kept } = surroundings()
    kept.set('millrace.session', text)
    expect((await tab()()).user).toMatch(/^guest_/)
  }
})
