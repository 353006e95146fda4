/** Puts the element on a page and records what it tells. */
import type { ChatKitOptions, OpenAIChatKit } from '@openai/chatkit'
import type { Page } from 'playwright-core'

interface ToldEvent {
  name: string
  detail: unknown
}

declare global {
  interface Window {
    chat: OpenAIChatKit
    told: ToldEvent[]
    /** Options that are functions, put there by a test's `setUp`. */
    extra?: Partial<ChatKitOptions>
  }
}

/** `options` travel as JSON; functions are put into `window.extra` by `setUp`, which runs in the page. */
export async function mount(page: Page, options: Record<string, unknown> = {}, setUp?: () => void): Promise<void> {
  if (setUp) await page.evaluate(setUp)
  await page.evaluate((given) => {
    const chat = document.createElement('openai-chatkit')
    window.chat = chat
    window.told = []
    const names =
      'ready error response.start response.end thread.change thread.load.start thread.load.end tool.change history.open history.close effect deeplink log'
    for (const name of names.split(' ')) {
      chat.addEventListener(`chatkit.${name}`, (event: Event) => {
        const { detail } = event as CustomEvent<unknown>
        const isError = name === 'error' && typeof detail === 'object' && detail !== null && 'error' in detail
        window.told.push({ name, detail: isError ? String(detail.error) : detail })
      })
    }
    document.body.append(chat)
    chat.setOptions({
      api: { url: '/chatkit', domainKey: 'test' },
      locale: 'en',
      ...given,
      ...window.extra,
    } as ChatKitOptions)
  }, options)
  await page.waitForFunction(() => window.told.some((event) => event.name === 'ready'))
}

/** Names of the events told so far, without diagnostics. */
export function toldNames(page: Page): Promise<string[]> {
  return page.evaluate(() => window.told.map((event) => event.name).filter((name) => name !== 'log'))
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text)
  await page.keyboard.press('Enter')
}
