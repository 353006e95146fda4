/** Scenes in a real Chromium, with React 18 or 19. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build, type InlineConfig, type Rollup } from 'vite'
import type { SceneName } from './scenes.tsx'

const here = dirname(fileURLToPath(import.meta.url))

/** Where each version of React is installed. */
const HOMES = { 18: join(here, '../../../../examples/hooks-react-18'), 19: join(here, '../..') }

export type ReactVersion = keyof typeof HOMES
type Mode = 'development' | 'production'

export interface OpenedScene {
  page: Page
  /** Whatever React or the page complained of. */
  problems: string[]
}

export interface Lab {
  /** Names of the files that the page may load. */
  readonly files: readonly string[]
  /** `isStrict`: in StrictMode. `isSent`: rendered on the server and hydrated. */
  open(scene: SceneName, options?: { isStrict?: boolean; isSent?: boolean }): Promise<OpenedScene>
  /** What the server sends of a scene, and what it complained of meanwhile. */
  html(scene: SceneName): { html: string; problems: string[] }
  close(): Promise<void>
}

/** The development build of React is the one that warns; the one for production reads nobody's props. */
export async function startLab(react: ReactVersion, mode: Mode = 'development'): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-react-'))
  const config = configOf(react, mode)
  const files = await bundle(config)
  const htmlOf = await serverBundle(config, folder)
  const browser: Browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const scene = searchParams.get('sent') as SceneName | null
    const body = pathname === '/' ? pageOf(scene ? htmlOf(scene) : '') : files.get(pathname)
    const type = pathname === '/' ? 'text/html' : 'text/javascript'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  return {
    files: [...files.keys()],
    async open(scene, { isStrict = false, isSent = false } = {}) {
      const page = await browser.newPage()
      const problems: string[] = []
      page.on('pageerror', ({ message }) => problems.push(message))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text())
      })
      await page.goto(`${url}/?scene=${scene}${isStrict ? '&strict' : ''}${isSent ? `&sent=${scene}` : ''}`)
      await page.waitForFunction('globalThis.seen !== undefined')
      return { page, problems }
    },
    html(scene) {
      const problems: string[] = []
      const { error, warn } = console
      console.error = console.warn = (...said) => void problems.push(said.join(' '))
      try {
        return { html: htmlOf(scene), problems }
      } finally {
        Object.assign(console, { error, warn })
      }
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function pageOf(html: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Scene</title><link rel="icon" href="data:,"><main>${html}</main><script type="module" src="/page.js"></script>`
}

function configOf(react: ReactVersion, mode: Mode): InlineConfig {
  const { resolve } = createRequire(join(HOMES[react], 'package.json'))
  const alias = ['react', 'react-dom'].map((name) => ({
    find: new RegExp(`^${name}(?=/|$)`),
    replacement: dirname(resolve(`${name}/package.json`)),
  }))
  return {
    configFile: false,
    logLevel: 'silent',
    mode,
    root: here,
    resolve: { alias, conditions: ['millrace-source', 'module', 'browser', mode] },
    oxc: { jsx: { development: mode === 'development' } },
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  }
}

async function bundle(config: InlineConfig): Promise<Map<string, string>> {
  const result = await build({
    ...config,
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rollupOptions: {
        input: { page: join(here, 'page.tsx') },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  })
  return new Map(chunksOf(result).map(({ fileName, code }) => [`/${fileName}`, code]))
}

async function serverBundle(config: InlineConfig, folder: string): Promise<(scene: SceneName) => string> {
  await build({
    ...config,
    ssr: { noExternal: true, resolve: { conditions: ['millrace-source', 'module', 'node', config.mode ?? ''] } },
    build: {
      ssr: join(here, 'server.tsx'),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'server.mjs' } },
    },
  })
  const { htmlOf } = await import(pathToFileURL(join(folder, 'server.mjs')).href)
  return htmlOf
}

function chunksOf(result: Awaited<ReturnType<typeof build>>): Rollup.OutputChunk[] {
  const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : []
  return outputs.flatMap(({ output }) => output).filter((file) => file.type === 'chunk')
}
