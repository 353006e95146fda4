import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from './config/read-config.ts'
import { createLog } from './log.ts'
import { type Started, type StartOptions, start } from './start.ts'

const SECRET = 'a secret for tests, and long enough'

let folder = ''
const running: Started[] = []
const lines: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sessions-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
})

afterEach(async () => {
  for (const started of running.splice(0)) await started.close()
  rmSync(folder, { recursive: true })
  lines.length = 0
})

/** The whole command with the demo model, in a folder of its own. */
async function startWith(environment: Record<string, string>, options: StartOptions = {}) {
  const database = `sqlite:${join(folder, 'data/millrace.db')}`
  const { config } = readConfig({ PORT: '0', DATABASE_URL: database, AGENT_MODEL: 'demo', ...environment })
  const log = createLog('info', { write: (line) => lines.push(line) })
  const started = await start({ config, log, page: folder, ...options })
  running.push(started)
  const url = started.url.replace('0.0.0.0', '127.0.0.1')
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return {
    url,
    post,
    list: (headers: Record<string, string>) => post('/chatkit', { type: 'threads.list', params: {} }, headers),
    ask: (headers: Record<string, string>, text = 'Count to 3') => post('/chatkit', question(text), headers),
    async session(body: object = {}, headers: Record<string, string> = {}) {
      const answer = await (await post('/api/chatkit/session', body, headers)).json()
      return { authorization: `Bearer ${answer.client_secret}` }
    },
  }
}

function question(text: string) {
  const input = { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} }
  return { type: 'threads.create', params: { input } }
}

test('a chat that others can reach gives every browser threads of its own', async () => {
  const { url, list, ask, session } = await startWith({ HOST: '0.0.0.0' })
  expect(await (await fetch(`${url}/config.json`)).json()).toMatchObject({ sessions: true })
  expect((await list({})).status).toBe(401)
  const [one, two] = [await session(), await session()]
  expect(await (await ask(one)).text()).toContain('3')
  expect((await (await list(one)).json()).data).toHaveLength(1)
  expect((await (await list(two)).json()).data).toHaveLength(0)
})

test('a session outlives a restart, since the secret that signs it is kept', async () => {
  const first = await startWith({ AUTH: 'session' })
  const guest = await first.session()
  await (await first.ask(guest)).text()
  await running.pop()?.close()
  const { list } = await startWith({ AUTH: 'session' })
  expect((await (await list(guest)).json()).data).toHaveLength(1)
})

test('an app’s backend asks for the sessions of its users by the secret', async () => {
  const { list, ask, session } = await startWith({ AUTH: 'session', SESSION_SECRET: SECRET })
  const backend = { authorization: `Bearer ${SECRET}` }
  await (await ask(await session({ user_id: 'alice' }, backend))).text()
  expect((await (await list(await session({ user_id: 'alice' }, backend))).json()).data).toHaveLength(1)
  expect((await (await list(await session({ user_id: 'alice' }))).json()).data).toHaveLength(0)
  expect((await list(backend)).status).toBe(401)
})

test('a file is seen by its user alone', async () => {
  const { post, session } = await startWith({ AUTH: 'session' })
  const [one, two] = [await session(), await session()]
  const params = { name: 'cat.gif', size: 3, mime_type: 'image/gif' }
  const created = await (await post('/chatkit', { type: 'attachments.create', params }, one)).json()
  const { url, method } = created.upload_descriptor
  expect((await fetch(url, { method, body: 'abc' })).status).toBe(401)
  expect((await fetch(url, { method, body: 'abc', headers: two })).status).toBe(404)
  expect((await fetch(url, { method, body: 'abc', headers: one })).status).toBe(200)
  expect((await fetch(created.preview_url, { headers: one })).status).toBe(200)
  expect((await fetch(created.preview_url, { headers: two })).status).toBe(404)
  expect((await fetch(created.preview_url)).status).toBe(401)
})

test('a session names its user where everyone else is the local one', async () => {
  const { url, list, ask, session } = await startWith({})
  expect(await (await fetch(`${url}/config.json`)).json()).toMatchObject({ sessions: false })
  await (await ask(await session({ user_id: 'alice' }))).text()
  expect((await (await list({})).json()).data).toHaveLength(0)
  expect((await (await list(await session())).json()).data).toHaveLength(0)
  expect((await (await list(await session({ user_id: 'alice' }))).json()).data).toHaveLength(1)
})

describe('RATE_LIMIT', () => {
  test('is the number of answers that one user may start in a minute', async () => {
    const { ask, session } = await startWith({ AUTH: 'session', RATE_LIMIT: '2' })
    const [one, two] = [await session(), await session()]
    for (const guest of [one, one, two]) await (await ask(guest)).text()
    const refused = await ask(one)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', error: expect.stringMatching(/again in \d+ s/) })
  })

  test('0 is none', async () => {
    const { ask } = await startWith({ RATE_LIMIT: '0' })
    for (let count = 0; count < 12; count += 1) expect((await ask({})).status).toBe(200)
  })
})

test('GET /metrics tells what has run, and the log still does too', async () => {
  const { url, ask } = await startWith({})
  await (await ask({})).text()
  const scrape = async () => (await fetch(`${url}/metrics`)).text()
  await expect.poll(scrape).toContain('millrace_runs_total{outcome="completed",code="none"} 1')
  expect(await scrape()).toMatch(/^process_resident_memory_bytes \d/m)
  await expect.poll(() => lines.join('')).toContain('"run ended"')
})
