/** `examples/hooks`: its server as a process, and its pages as a person uses them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FaultyProxy, faultyProxy } from '@millrace/testbed'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { build } from 'vite'
import { expect } from 'vitest'
import { axeSource } from './axe.ts'
import { newBrowser, type PageOptions } from './chromium.ts'
import { atEnd } from './cleanup.ts'
import { type MillraceProcess, runProgram } from './millrace.ts'
import { root, temporaryFolder } from './places.ts'

const folder = join(root, 'examples/hooks')
const program = join(folder, 'dist/main.js')

/** For an answer that is to end. */
const ANSWER_MS = 60_000

/** Builds the pages as they are now. @throws Error where the server is not built */
export async function buildPages(): Promise<void> {
  if (!existsSync(program)) throw new Error(`${program} is missing. Build it first: npm run build`)
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'error' })
}

export interface HooksServer extends MillraceProcess {
  readonly url: string
  readonly port: number
}

/** Starts it, on the port and the data of one that has ended if these are given. */
export async function startServer(before?: { port: number; folder: string }): Promise<HooksServer> {
  const environment = { PORT: String(before?.port ?? 0) }
  const started = runProgram([program], { folder: before?.folder ?? temporaryFolder(), environment })
  const url = await Promise.race([started.announced, started.ended])
  if (typeof url !== 'string') throw new Error(`It did not start.\n${started.printed.out}${started.printed.err}`)
  return { ...started, url, port: Number(new URL(url).port) }
}

/** A network between browser and server that can be broken. */
export async function networkTo({ port }: { port: number }): Promise<FaultyProxy> {
  const proxy = await faultyProxy({ host: '127.0.0.1', port })
  atEnd(() => proxy.stop())
  return proxy
}

export interface ExamplePage {
  readonly page: Page
  readonly context: BrowserContext
  /** See `ChatPage`. */
  readonly problems: readonly string[]
  readonly alert: Locator
  button(label: string): Locator
  send(message: string): Promise<void>
  /** What the page is called. */
  heading(): Promise<string>
  /** Everything that stands on the page. */
  text(): Promise<string>
  /** The text of the answer, as it is shown. */
  said(): Promise<string>
  untilSaid(text: string): Promise<void>
  /** Waits until the answer has ended, and gives its text. */
  ended(): Promise<string>
  fact(label: string): Promise<string>
}

/** Answers every plain stream of this page with this text, whole at once. */
export async function answersWith({ page }: ExamplePage, text: string): Promise<void> {
  const events = [{ type: 'token', token: text }, { type: 'complete' }]
  const body = events.map((event, index) => `id: ${index + 1}\ndata: ${JSON.stringify(event)}\n\n`).join('')
  await page.route('**/api/stream/**', (route) => route.fulfill({ contentType: 'text/event-stream', body }))
}

/** Opens a page in a browser without a past. With `hasClock` its time can be moved on by `page.clock`. */
export async function openExample(
  { url }: { url: string },
  name: string,
  { hasClock = false, ...options }: PageOptions & { hasClock?: boolean } = {},
): Promise<ExamplePage> {
  const { context, newTab } = await newBrowser({ ...options, initScript: axeSource })
  const { page, problems } = await newTab()
  if (hasClock) await page.clock.install()
  await page.goto(`${url}/${name}.html`)
  const answer = page.locator('.answer')
  const button = (label: string) => page.getByRole('button', { name: label, exact: true })
  const said = async () => (await answer.innerText()).trim()
  return {
    page,
    context,
    problems,
    alert: page.getByRole('alert'),
    button,
    heading: () => page.locator('main > h1').innerText(),
    text: () => page.locator('main').innerText(),
    async send(message) {
      await page.getByLabel('Message').fill(message)
      await button('Send').click()
    },
    said,
    async untilSaid(text) {
      await expect.poll(said, { timeout: ANSWER_MS }).toContain(text)
    },
    async ended() {
      await expect.poll(() => button('Stop').isDisabled(), { timeout: ANSWER_MS }).toBe(true)
      return said()
    },
    fact(label) {
      const name = page.getByRole('term').filter({ hasText: new RegExp(`^${label}$`) })
      return page.locator('.facts div').filter({ has: name }).getByRole('definition').innerText()
    },
  }
}
