import { once } from 'node:events'
import { createServer } from 'node:http'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

const source = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** As strict as a page can be: nothing inline, no string becomes a node. */
const STRICT = "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Markdown</title><body><main></main><script type="module" src="/page.js"></script>'

export interface BrowserPage {
  page: Page
  /** Addresses that were asked for besides the page's own files. */
  requests: string[]
  close(): Promise<void>
}

/** A page in Chromium under a strict policy; its globals `markdown`, `katexMath` and `followBottom` are this package. */
export async function openPage(): Promise<BrowserPage> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const body = path === '/' ? PAGE : files.get(path)
    const type = path === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'content-security-policy': STRICT })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const page = await browser.newPage()
  const requests: string[] = []
  page.on('request', (request) => {
    const { pathname, protocol, host } = new URL(request.url())
    const isOwn = host === `127.0.0.1:${port}` && (pathname === '/' || files.has(pathname))
    if (!isOwn && protocol !== 'data:') requests.push(request.url())
  })
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForFunction('globalThis.markdown !== undefined')
  return {
    page,
    requests,
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The package as a browser gets it, by path; `/page.js` makes it the page's global. */
async function bundle(): Promise<Map<string, string>> {
  const entry = '\0page'
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    root: source,
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? entry : undefined),
        load: (id) =>
          id === entry
            ? `import * as markdown from ${JSON.stringify(resolve(source, 'index.ts'))}
import { katexMath } from ${JSON.stringify(resolve(source, 'katex.ts'))}
import { followBottom } from ${JSON.stringify(resolve(source, 'dom/follow-bottom.ts'))}
Object.assign(globalThis, { markdown, katexMath, followBottom })`
            : undefined,
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rollupOptions: { input: { page: 'page' }, output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' } },
    },
  })
  const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : []
  const chunks = outputs.flatMap(({ output }) => output)
  return new Map(chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [[`/${chunk.fileName}`, chunk.code]] : [])))
}
