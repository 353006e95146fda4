/** Chromium with one page for each measurement, served from memory. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

const PAGE = `<!doctype html><meta charset="utf-8"><title>Bench</title><link rel="stylesheet" href="/page.css">
<body><input aria-label="Message"><main></main><script type="module" src="/page.js"></script>`
const STYLE = `body { font: 16px/1.5 sans-serif; max-width: 48rem; margin: auto }
main > p { white-space: pre-wrap } pre { overflow: auto } input { position: fixed; top: 0 }`

export interface OpenPage {
  page: Page
  devtools: CDPSession
  /** What the page asked for besides its own files. */
  requests: string[]
  close(): Promise<void>
}

export interface Bench {
  open(): Promise<OpenPage>
  version: string
  close(): Promise<void>
}

export async function startBench(): Promise<Bench> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '/')
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' })
    response.end(file?.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--js-flags=--expose-gc'],
  })
  return {
    version: browser.version(),
    open: () => openPage(browser, origin, files),
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function openPage(browser: Browser, origin: string, files: ReadonlyMap<string, unknown>): Promise<OpenPage> {
  const page = await browser.newPage()
  const requests: string[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    const isOwn = url.origin === origin && files.has(url.pathname)
    if (!isOwn && url.protocol !== 'data:') requests.push(request.url())
  })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'timeTicks' })
  await page.goto(origin)
  await page.waitForFunction('globalThis.bench !== undefined')
  return { page, devtools, requests, close: () => page.close() }
}

interface File {
  type: string
  body: string
}

/** The page with every contender, minified as it would be shipped. */
async function bundle(): Promise<Map<string, File>> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('../src/page/', import.meta.url)),
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: {
        input: { page: resolve(fileURLToPath(new URL('../src/page/page.ts', import.meta.url))) },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
  const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : []
  const files = new Map<string, File>([
    ['/', { type: 'text/html', body: PAGE }],
    ['/page.css', { type: 'text/css', body: STYLE }],
    ['/favicon.ico', { type: 'image/png', body: '' }],
  ])
  for (const chunk of outputs.flatMap(({ output }) => output)) {
    if (chunk.type === 'chunk') files.set(`/${chunk.fileName}`, { type: 'text/javascript', body: chunk.code })
  }
  return files
}
