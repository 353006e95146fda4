/** A page of the Next.js example that shows a hook, as a person uses it. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { newBrowser } from './chromium.ts'
import { screenshotPath } from './places.ts'

/** For an answer that is to end. */
const ANSWER_MS = 60_000

export interface HookPage {
  readonly page: Page
  /** See `ChatPage`. */
  readonly problems: readonly string[]
  button(label: string): Locator
  send(message: string): Promise<void>
  /** The text of the answer, as it is shown. */
  said(): Promise<string>
  untilSaid(text: string): Promise<void>
  /** Waits until there is nothing to stop any more. */
  untilOver(): Promise<void>
  /** What fails is told in an alert. */
  untilError(text: RegExp): Promise<void>
  /** A value of the lists below the answer. */
  fact(label: string): Promise<string>
  screenshot(name: string): Promise<void>
}

/** Opens `/hooks/<name>` in a browser without a past. Without `hasPrefetch` nothing of other pages is fetched. */
export async function openHookPage(
  { url }: { url: string },
  name: string,
  { hasPrefetch = true } = {},
): Promise<HookPage> {
  const { context, newTab } = await newBrowser()
  if (!hasPrefetch) await context.route(/[?&]_rsc=/, (route) => route.abort())
  const { page, problems } = await newTab()
  await page.goto(`${url}/hooks/${name}`)
  const answer = page.locator('.answer')
  const button = (label: string) => page.getByRole('button', { name: label, exact: true })
  const said = async () => (await answer.innerText()).trim()
  return {
    page,
    problems,
    button,
    async send(message) {
      await page.getByLabel('Message').fill(message)
      await button('Send').click()
    },
    said,
    async untilSaid(text) {
      await expect.poll(said, { timeout: ANSWER_MS, interval: 30 }).toContain(text)
    },
    async untilOver() {
      await expect.poll(() => button('Stop').isDisabled(), { timeout: ANSWER_MS }).toBe(true)
    },
    async untilError(text) {
      await page.locator('.hook').getByRole('alert').filter({ hasText: text }).waitFor({ timeout: ANSWER_MS })
    },
    fact(label) {
      const name = page.getByRole('term').filter({ hasText: new RegExp(`^${label}$`) })
      return page.locator('.facts div').filter({ has: name }).getByRole('definition').innerText()
    },
    async screenshot(name) {
      await page.screenshot({ path: screenshotPath(name) })
    },
  }
}
