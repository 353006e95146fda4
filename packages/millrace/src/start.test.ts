import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from './config/read-config.ts'
import { createLog } from './log.ts'
import { type Started, type StartOptions, start } from './start.ts'

let folder = ''
let lines: Record<string, unknown>[] = []
const running: Started[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-start-'))
  lines = []
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
})

afterEach(async () => {
  for (const started of running.splice(0)) await started.close()
  rmSync(folder, { recursive: true })
})

/** Starts with the demo model on a free port, in a folder of its own. */
async function startWith(environment: Record<string, string> = {}, options: StartOptions = {}): Promise<Started> {
  const { config } = readConfig({
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'data/millrace.db')}`,
    AGENT_MODEL: 'demo',
    ...environment,
  })
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) })
  const started = await start({ config, log, page: folder, ...options })
  running.push(started)
  return started
}

function ask(url: string, text: string, headers: Record<string, string> = {}): Promise<Response> {
  const input = { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} }
  return post(url, { type: 'threads.create', params: { input } }, headers)
}

function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/chatkit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

test('a message is answered, and the log says when the run started and how it ended', async () => {
  const { url } = await startWith()
  const answer = await ask(url, 'Roll two dice')
  expect(await answer.text()).toContain('"type":"assistant_message"')
  expect(lines.map(({ msg }) => msg)).toEqual(['run started', 'run ended'])
  expect(lines[1]).toMatchObject({ level: 'info', outcome: 'completed', user: 'local', tokens: expect.any(Number) })
  expect(JSON.stringify(lines)).not.toContain('dice')
})

test('a thread survives a restart', async () => {
  const first = await startWith()
  await (await ask(first.url, 'Roll two dice')).body?.cancel()
  await first.close()
  const { url } = await startWith()
  const threads = await post(url, { type: 'threads.list', params: { limit: 10, order: 'desc' } })
  expect(await threads.json()).toMatchObject({ data: [{ id: expect.stringMatching(/^thr_/) }] })
})

test('the page is told which model answers', async () => {
  const { url, model } = await startWith()
  const config = await (await fetch(`${url}/config.json`)).json()
  expect(config).toMatchObject({ model: { name: 'demo', kind: 'demo' }, attachments: true })
  expect(config.prompts).toHaveLength(6)
  expect(model).toContain('demo model')
})

test('an uploaded file comes back under the address by which the browser calls this server', async () => {
  const { url } = await startWith()
  const called = url.replace('127.0.0.1', 'localhost')
  const params = { name: 'a.png', size: 3, mime_type: 'image/png' }
  const created = await (await post(called, { type: 'attachments.create', params })).json()
  expect(created.preview_url).toBe(`${called}/attachments/${created.id}`)
  const { url: target, method, headers } = created.upload_descriptor
  expect((await fetch(target, { method, headers, body: 'abc' })).status).toBe(200)
  expect(await (await fetch(created.preview_url)).text()).toBe('abc')
})

test("users that the app tells apart don't see each other's threads", async () => {
  const authenticate = (request: Request) => {
    const userId = request.headers.get('x-user')
    return userId === null ? undefined : { userId }
  }
  const { url } = await startWith({}, { authenticate })
  await (await ask(url, 'Roll two dice', { 'x-user': 'ann' })).body?.cancel()
  const list = (user: Record<string, string>) =>
    post(url, { type: 'threads.list', params: { limit: 10, order: 'desc' } }, user)
  expect((await (await list({ 'x-user': 'ann' })).json()).data).toHaveLength(1)
  expect((await (await list({ 'x-user': 'bob' })).json()).data).toHaveLength(0)
  expect((await list({})).status).toBe(401)
})

test('a host that others can reach is refused where everyone would be one user', async () => {
  await expect(startWith({ HOST: '0.0.0.0', AUTH: 'anonymous' })).rejects.toThrow(
    /AUTH=session.*keep HOST=127\.0\.0\.1/s,
  )
  await expect(startWith({ HOST: '0.0.0.0' }, { authenticate: () => undefined })).resolves.toBeDefined()
})

test('a port in use is named, with how to choose another; the data is free again', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await expect(startWith({ PORT: String(port) })).rejects.toThrow(new RegExp(`Port ${port} .*in use.*PORT=`))
  other.close()
  await expect(startWith()).resolves.toBeDefined()
})

test('a second start on the same data says so', async () => {
  await startWith()
  await expect(startWith()).rejects.toThrow(/in use by another Millrace/)
})

test('data that can not be kept is a clear refusal', async () => {
  writeFileSync(join(folder, 'data'), 'a file where the folder should be')
  await expect(startWith()).rejects.toThrow(/millrace\.db.*has a file where its folder should be/)
})

test('closing ends a running answer as interrupted, once its time is over, and keeps what was said', async () => {
  const started = await startWith()
  const answer = ask(started.url, 'Tell me a long story', { 'last-event-id': '0' })
  await expect.poll(() => started.activeRuns).toBe(1)
  await started.close(50)
  expect(await (await answer).text()).toContain('"outcome":"interrupted"')
  const again = await startWith()
  expect(again.activeRuns).toBe(0)
})
