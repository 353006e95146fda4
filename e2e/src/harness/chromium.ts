/** A real Chromium, one for a test file; every test gets pages of its own. */
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { ChatPage, countAnswers } from './chat-page.ts'
import { screenshotPath } from './places.ts'

export interface PageOptions {
  /** Default 1100 × 800. */
  viewport?: { width: number; height: number }
  /** The system's colours. Default light. */
  colorScheme?: 'light' | 'dark'
  /** Scripts that run before those of the page, in every page of this browser. */
  initScript?: string
}

/** One person's browser: its tabs share storage. */
export interface TestBrowser {
  readonly context: BrowserContext
  /** Opens the chat in a new tab and waits until one can write. */
  open(url: string): Promise<ChatPage>
  /** An empty tab. */
  newTab(): Promise<ChatPage>
}

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser | undefined

/** Call it at the top of a test file: Chromium starts before its tests and ends after them. */
export function useChromium(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ARGS })
  })
  afterAll(() => browser?.close())
}

/** A browser without a past. A test that fails leaves a picture of its last tab in `e2e/screenshots`. */
export async function newBrowser(options: PageOptions = {}): Promise<TestBrowser> {
  if (!browser) throw new Error('Chromium is not running. Call useChromium() at the top of the test file.')
  const { viewport = { width: 1100, height: 800 }, colorScheme = 'light', initScript } = options
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-US' })
  await context.addInitScript(countAnswers)
  if (initScript) await context.addInitScript({ content: initScript })
  onTestFinished(async ({ task }) => {
    const last = context.pages().at(-1)
    if (task.result?.state === 'fail' && last) {
      // A page that hangs has no picture; the failure itself is what counts.
      await last.screenshot({ path: screenshotPath(`failed ${task.name.replaceAll(/\W+/g, ' ')}`) }).catch(() => {})
    }
    await context.close()
  })
  const newTab = async () => new ChatPage(await context.newPage())
  return {
    context,
    newTab,
    async open(url) {
      const tab = await newTab()
      await tab.goTo(url)
      return tab
    },
  }
}

/** The chat in a browser without a past. */
export async function openChat(url: string, options: PageOptions = {}): Promise<ChatPage> {
  return (await newBrowser(options)).open(url)
}
