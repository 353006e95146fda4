import { beforeAll, describe, expect, test } from 'vitest'
import { axeSource, seriousProblems } from './harness/axe.ts'
import { askAndWait } from './harness/chat-over-http.ts'
import type { ChatPage } from './harness/chat-page.ts'
import { newBrowser, openChat, type PageOptions, useChromium } from './harness/chromium.ts'
import { chatWithDemo } from './harness/demo.ts'
import { startMillrace } from './harness/millrace.ts'

useChromium()

test('dark and light: as the system has it, or as the reader chose', async () => {
  const browser = await newBrowser({ colorScheme: 'dark' })
  const { url } = await startMillrace()
  const chat = await browser.open(url)
  const brightness = () =>
    chat.page.evaluate(() => {
      const chat = document.querySelector('openai-chatkit')?.shadowRoot?.querySelector('.ck')
      const canvas = document.createElement('canvas').getContext('2d')
      if (!chat || !canvas) return Number.NaN
      canvas.fillStyle = getComputedStyle(chat).backgroundColor
      canvas.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data
      return (red + green + blue) / 3
    })
  await expect.poll(brightness).toBeLessThan(80)
  await chat.ask('Count to 3')
  await chat.screenshot('dark')
  await chat.button('Light mode').click()
  await expect.poll(brightness).toBeGreaterThan(200)
  await chat.reload()
  await expect.poll(brightness).toBeGreaterThan(200)
})

test('a page of 360 pixels needs no scrolling sideways', async () => {
  const chat = await chatWithDemo({ viewport: { width: 360, height: 640 } })
  expect(await chat.sidewaysOverflow()).toBe(0)
  await chat.screenshot('narrow start')
  await chat.ask('Show me a widget')
  expect(await chat.sidewaysOverflow()).toBe(0)
  await chat.screenshot('narrow widget')
  await chat.openHistory()
  expect(await chat.sidewaysOverflow()).toBe(0)
})

test('everything can be done by keyboard', async () => {
  const chat = await chatWithDemo()
  const { keyboard } = chat.page
  const focused = () =>
    chat.page.evaluate(() => {
      const element = document.activeElement?.shadowRoot?.activeElement
      return element?.getAttribute('aria-label') || element?.textContent?.trim() || ''
    })
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 40 && (await focused()) !== name; presses += 1) await keyboard.press('Tab')
    expect(await focused()).toBe(name)
  }
  await tabTo('Write a long answer in markdown')
  await keyboard.press('Enter')
  await chat.untilSaid('How an answer travels')
  await tabTo('Stop response')
  await chat.untilEnded(() => keyboard.press('Enter'))
  // Whoever stops an answer wants to write the next message.
  expect(await focused()).toBe('Message the AI')
  await keyboard.type('Count to 4')
  await keyboard.press('Enter')
  await chat.untilSaid('1 2 3 4')
  await chat.untilAnswered()

  await chat.page.reload()
  await chat.untilSaid('1 2 3 4')
  await tabTo('History')
  await keyboard.press('Enter')
  await chat.history.waitFor()
  await tabTo('Actions for “Write a long answer in markdown”')
  await keyboard.press('Enter')
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowUp')
  expect(await focused()).toBe('Rename')
  await keyboard.press('Enter')
  await expect.poll(focused).toBe('New title')
  await keyboard.type('By hand')
  await keyboard.press('Enter')
  await expect.poll(() => chat.historyTitles()).toEqual(['By hand'])
  await keyboard.press('Tab')
  await keyboard.press('Escape')
  await chat.history.waitFor({ state: 'hidden' })
  await expect.poll(focused).toBe('History')
})

describe('a finished long answer', () => {
  let url = ''
  beforeAll(async () => {
    url = (await startMillrace()).url
    await askAndWait(url, 'Write a long answer in markdown')
  })

  async function openLongAnswer(options: PageOptions = {}): Promise<ChatPage> {
    const chat = await openChat(url, options)
    await chat.openHistory()
    await chat.openFromHistory('Write a long answer in markdown')
    await chat.untilSaid('CommonMark introduction')
    return chat
  }

  test('is set as markdown, to its last mark', async () => {
    const chat = await openLongAnswer()
    expect(await chat.answer.getByRole('row').count()).toBe(5)
    expect(await chat.answer.locator('pre').count()).toBe(2)
    expect(await chat.answer.getByRole('checkbox').count()).toBe(4)
    await expect.poll(() => chat.answer.locator('math').count()).toBe(4)
    const link = chat.answer.getByRole('link', { name: 'CommonMark introduction' })
    expect(await link.getAttribute('href')).toBe('https://commonmark.org/help/')
    expect(await chat.answerText()).not.toMatch(/\*\*|```|\|:--|~~/)
    await chat.page.setViewportSize({ width: 1000, height: 2100 })
    await chat.screenshot('markdown')
    expect(chat.problems).toEqual([])
  })

  test('fits into 360 pixels', async () => {
    const chat = await openLongAnswer({ viewport: { width: 360, height: 640 } })
    expect(await chat.sidewaysOverflow()).toBe(0)
    await chat.page.setViewportSize({ width: 360, height: 3000 })
    await chat.screenshot('narrow markdown')
  })

  test.each(['light', 'dark'] as const)(
    'and all around it give axe nothing serious to say in %s colours',
    async (colorScheme) => {
      const chat = await openChat(url, { colorScheme, initScript: axeSource })
      expect(await seriousProblems(chat.page)).toEqual([])
      await chat.openHistory()
      await chat
        .button(/^Actions for/)
        .first()
        .click()
      expect(await seriousProblems(chat.page)).toEqual([])
      await chat.page.keyboard.press('Escape')
      await chat.openFromHistory('Write a long answer in markdown')
      await chat.untilSaid('CommonMark introduction')
      expect(await seriousProblems(chat.page)).toEqual([])
      await chat.newChat()
      await chat.ask('Plan a trip with a workflow')
      await chat.ask('Show me a widget')
      await chat.page.locator('[part="widget"]').getByRole('button').first().click()
      await chat.page.getByText('1 vote so far').waitFor()
      expect(await seriousProblems(chat.page)).toEqual([])
      await chat.send('Fail with an error')
      await chat.untilError('The demo model failed')
      expect(await seriousProblems(chat.page)).toEqual([])
    },
  )
})
