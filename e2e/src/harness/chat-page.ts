/** The chat page as a person uses it: what they do and what they see. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshotPath } from './places.ts'

/** For everything that needs no long answer. */
const SOON_MS = 10_000

/** For an answer that is to end: the demo model's long one takes half a minute. */
const ANSWER_MS = 60_000

declare global {
  interface Window {
    /** Answers that have ended since the page was loaded. */
    endedAnswers: number
  }
}

/** Runs in the page before its own scripts. */
export function countAnswers(): void {
  window.endedAnswers = 0
  // Captured: the element's events don't bubble.
  document.addEventListener('chatkit.response.end', () => window.endedAnswers++, true)
}

export class ChatPage {
  readonly page: Page
  /** What must not happen in any page: exceptions, errors in the console, requests to anybody but the page's own server. */
  readonly problems: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`${message.text()} (${message.location().url})`)
    })
    page.on('request', (request) => {
      const isOwn =
        /^(data|blob):/.test(request.url()) ||
        page.url() === 'about:blank' ||
        hostOf(request.url()) === hostOf(page.url())
      if (!isOwn) this.problems.push(`a request to ${request.url()}`)
    })
  }

  async goTo(url: string): Promise<void> {
    await this.page.goto(url)
    await this.input.waitFor({ timeout: SOON_MS })
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.input.waitFor({ timeout: SOON_MS })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
  }

  // Writing

  get input(): Locator {
    return this.page.locator('[part="composer-input"]')
  }

  get stopButton(): Locator {
    return this.button('Stop response')
  }

  /** Writes the text and presses Enter. */
  async send(text: string): Promise<void> {
    await this.input.fill(text)
    await this.input.press('Enter')
  }

  /** Sends the text and waits until its answer is over. */
  async ask(text: string): Promise<string> {
    await this.untilEnded(() => this.send(text))
    return this.answerText()
  }

  /** Does something that starts or ends an answer, and waits for its end. */
  async untilEnded(act: () => Promise<void>): Promise<void> {
    const ended = () => this.page.evaluate(() => window.endedAnswers)
    const before = await ended()
    await act()
    await expect.poll(ended, { timeout: ANSWER_MS }).toBe(before + 1)
    await this.untilAnswered()
  }

  /** Presses the stop button and waits until the answer has ended. */
  async stop(): Promise<void> {
    await this.untilEnded(() => this.stopButton.click())
  }

  // Reading

  /** Texts of the messages that the person sent. */
  sentTexts(): Promise<string[]> {
    return this.page.locator('[part="message-user"] .bubble-text').allInnerTexts()
  }

  /** What the assistant said in the last turn. */
  get answer(): Locator {
    return this.page.locator('.turn:last-child [part="message-assistant"]')
  }

  /** The text of the last answer, as it is shown. */
  async answerText(): Promise<string> {
    return (await this.answer.locator('> .markdown').allInnerTexts()).join('\n')
  }

  /** Texts of all answers, oldest first. */
  answerTexts(): Promise<string[]> {
    return this.page.locator('[part="message-assistant"] > .markdown').allInnerTexts()
  }

  isAnswering(): Promise<boolean> {
    return this.stopButton.isVisible()
  }

  async untilAnswering(): Promise<void> {
    await this.stopButton.waitFor({ timeout: SOON_MS })
  }

  async untilAnswered(timeout = ANSWER_MS): Promise<void> {
    await this.stopButton.waitFor({ state: 'hidden', timeout })
  }

  /** Waits until the last answer holds this text. */
  async untilSaid(text: string | RegExp, timeout = ANSWER_MS): Promise<void> {
    const said = expect.poll(() => this.answerText(), { timeout, interval: 30 })
    if (typeof text === 'string') await said.toContain(text)
    else await said.toMatch(text)
  }

  /** Waits until the answer is longer than it is now, while it still runs. */
  async untilGrown(): Promise<void> {
    const { length } = await this.answerText()
    await expect
      .poll(async () => (await this.answerText()).length, { timeout: SOON_MS, interval: 30 })
      .toBeGreaterThan(length)
  }

  /** What is shown when an answer has failed. */
  get error(): Locator {
    return this.page.locator('[part="error"]')
  }

  async untilError(text: string | RegExp): Promise<void> {
    await this.error.filter({ hasText: text }).waitFor({ timeout: ANSWER_MS })
  }

  async retry(): Promise<void> {
    await this.untilEnded(() => this.error.getByRole('button', { name: 'Retry' }).click())
  }

  get title(): Locator {
    return this.page.locator('[part="title"]')
  }

  async untilTitled(title: string | RegExp): Promise<void> {
    await this.title.filter({ hasText: title }).waitFor({ timeout: SOON_MS })
  }

  get startScreen(): Locator {
    return this.page.locator('[part="start-screen"]')
  }

  // Threads

  async newChat(): Promise<void> {
    await this.button('New chat').click()
    await this.startScreen.waitFor({ timeout: SOON_MS })
  }

  get history(): Locator {
    return this.page.getByRole('region', { name: 'History' })
  }

  async openHistory(): Promise<void> {
    await this.button('History').click()
    await this.history.waitFor({ timeout: SOON_MS })
  }

  async closeHistory(): Promise<void> {
    await this.button('Close history').click()
    await this.history.waitFor({ state: 'hidden', timeout: SOON_MS })
  }

  /** Titles in the open history, newest first. */
  historyTitles(): Promise<string[]> {
    return this.history.locator('.history-title').allInnerTexts()
  }

  async openFromHistory(title: string): Promise<void> {
    await this.history.getByRole('button', { name: title }).first().click()
    await this.history.waitFor({ state: 'hidden', timeout: SOON_MS })
    await this.untilTitled(title)
  }

  async renameInHistory(title: string, newTitle: string): Promise<void> {
    await this.button(`Actions for “${title}”`).click()
    await this.page.getByRole('menuitem', { name: 'Rename' }).click()
    await this.page.getByRole('textbox', { name: 'New title' }).fill(newTitle)
    await this.page.keyboard.press('Enter')
    await expect.poll(() => this.historyTitles(), { timeout: SOON_MS }).toContain(newTitle)
  }

  async deleteFromHistory(title: string): Promise<void> {
    await this.button(`Actions for “${title}”`).click()
    await this.page.getByRole('menuitem', { name: 'Delete' }).click()
    await this.history.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect.poll(() => this.historyTitles(), { timeout: SOON_MS }).not.toContain(title)
  }

  // Looks

  /** How far the page could be scrolled sideways, in pixels; 0 is as it should be. */
  sidewaysOverflow(): Promise<number> {
    return this.page.evaluate(() => {
      const chat = document.querySelector('openai-chatkit')
      const boxes = [
        document.documentElement,
        ...(chat?.shadowRoot?.querySelectorAll('.ck, .scroller, .transcript, .main, .history') ?? []),
      ]
      return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth))
    })
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: screenshotPath(name) })
  }
}

function hostOf(url: string): string {
  return new URL(url).host
}
