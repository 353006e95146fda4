import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pageFiles } from './page-files.ts'

const config = {
  title: 'Millrace',
  greeting: 'What can I do for you?',
  prompts: [],
  model: { name: 'demo', kind: 'demo' },
  attachments: true,
  sessions: false,
}
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-page-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Chat</title>')
  writeFileSync(join(folder, 'assets/index-B4x_9kQz.js'), 'start()')
})

afterEach(() => rmSync(folder, { recursive: true }))

async function get(path: string, init?: RequestInit) {
  const assets = await pageFiles(folder, () => config)
  return assets(new Request(`http://127.0.0.1:8000${path}`, init))
}

test('the page is served at / under a policy that lets nothing else run', async () => {
  const response = await get('/')
  expect(await response?.text()).toContain('<title>Chat</title>')
  expect(response?.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const policy = response?.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('unsafe')
})

test('a file with a hash in its name is kept for good, the page is asked for again', async () => {
  expect((await get('/assets/index-B4x_9kQz.js'))?.headers.get('cache-control')).toContain('immutable')
  expect((await get('/index.html'))?.headers.get('cache-control')).toBe('no-cache')
})

test('what a browser has already is not sent again', async () => {
  const etag = (await get('/'))?.headers.get('etag') ?? ''
  const again = await get('/', { headers: { 'if-none-match': etag } })
  expect(again?.status).toBe(304)
  expect(await again?.text()).toBe('')
})

test('HEAD has the length and no body', async () => {
  const response = await get('/', { method: 'HEAD' })
  expect(response?.headers.get('content-length')).toBe('34')
  expect(await response?.text()).toBe('')
})

test('the page is told its title, its prompts and the model', async () => {
  expect(await (await get('/config.json'))?.json()).toEqual(config)
})

test.each(['/nothing', '/assets', '/../secret', '/assets/%2e%2e/%2e%2e/etc/passwd'])(
  '%s is not served',
  async (path) => {
    expect(await get(path)).toBeUndefined()
  },
)

test('a page that was never built says so', async () => {
  await expect(pageFiles(join(folder, 'nowhere'), () => config)).rejects.toThrow(/page is not built.*npm run build/)
})
