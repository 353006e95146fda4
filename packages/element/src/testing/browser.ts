/// <reference types="node" />
/** The element in a real Chromium, on a page of the test's own server. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { type ChatServer, chatServer } from './chat-server.ts'

const emptyPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title>
<link rel="stylesheet" href="/page.css"><script src="/chatkit.js"></script></head><body></body></html>`
const pageStyle = 'html, body { height: 100%; margin: 0 } openai-chatkit { height: 100%; width: 100% }'

interface OpenOptions {
  viewport?: { width: number; height: number }
  isTouch?: boolean
  html?: string
  /** What is served besides, by path. */
  files?: Record<string, { type: string; body: string }>
}

export interface TestBrowser {
  readonly script: string
  /** A page with its own server and nothing on it yet; `problems` collects errors, and requests to anywhere else. */
  open(options?: OpenOptions): Promise<{ page: Page; server: ChatServer; problems: string[] }>
  close(): Promise<void>
}

/** Builds the element and starts Chromium (`CHROMIUM_PATH` names another one than `/usr/bin/chromium`). */
export async function startBrowser(): Promise<TestBrowser> {
  const [script, browser] = await Promise.all([buildElement(), launch()])
  const opened: { close(): Promise<void> }[] = []
  return {
    script,
    async open({ viewport = { width: 1000, height: 700 }, isTouch = false, html = emptyPage, files = {} } = {}) {
      const server = await chatServer({
        '/': { type: 'text/html', body: html },
        '/page.css': { type: 'text/css', body: pageStyle },
        '/chatkit.js': { type: 'text/javascript', body: script },
        ...files,
      })
      const context = await browser.newContext({
        viewport,
        hasTouch: isTouch,
        isMobile: isTouch,
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) problems.push(message.text())
      })
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url()))
          problems.push(`request to ${request.url()}`)
      })
      opened.push(context, server)
      await page.goto(server.url)
      return { page, server, problems }
    },
    async close() {
      for (const one of opened.reverse()) await one.close()
      await browser.close()
    },
  }
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** The one-file script. */
const buildElement = () => buildFile('vite.config.ts', 'chatkit.js')

/** What it fetches with the first formula. */
export const buildMath = (): Promise<string> => buildFile('vite.math.config.ts', 'chatkit-math.js')

/** Built into a folder of its own. */
async function buildFile(config: string, name: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'millrace-element-'))
  try {
    const configFile = fileURLToPath(new URL(`../../${config}`, import.meta.url))
    await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true, sourcemap: false } })
    return await readFile(join(outDir, name), 'utf8')
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
}
