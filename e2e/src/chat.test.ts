import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { listThreads } from './harness/chat-over-http.ts'
import type { ChatPage } from './harness/chat-page.ts'
import { newBrowser, openChat, type PageOptions, useChromium } from './harness/chromium.ts'
import { startMillrace } from './harness/millrace.ts'

useChromium()

/** The demo model's chat in a fresh browser. */
async function chatWithDemo(options: PageOptions = {}): Promise<ChatPage & { url: string }> {
  const { url } = await startMillrace()
  return Object.assign(await openChat(url, options), { url })
}

test('the start screen greets, says that the model is a demo, and its prompts can be sent by a click', async () => {
  const chat = await chatWithDemo()
  await chat.startScreen.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
  await chat.page.getByText(/demo model/i).waitFor()
  await chat.screenshot('start')
  await chat.button('Roll two dice with a tool').click()
  await chat.untilSaid('The tool answered')
  expect(await chat.sentTexts()).toEqual(['Roll two dice with a tool'])
  expect(chat.problems).toEqual([])
})

test('Enter sends, Shift+Enter breaks the line', async () => {
  const chat = await chatWithDemo()
  await chat.input.pressSequentially('Hello')
  await chat.input.press('Shift+Enter')
  await chat.input.pressSequentially('there')
  expect(await chat.input.inputValue()).toBe('Hello\nthere')
  await chat.input.press('Enter')
  expect(await chat.sentTexts()).toEqual(['Hello\nthere'])
  expect(await chat.input.inputValue()).toBe('')
  await chat.untilSaid('Hello\nthere')
  await chat.untilAnswered()
})

test('the answer appears as it is made, and what is unfinished already looks as it will', async () => {
  const chat = await chatWithDemo()
  await chat.send('Write a long answer in markdown')
  await chat.answer.getByRole('heading', { name: 'How an answer travels' }).waitFor()
  await chat.untilGrown()
  await chat.untilGrown()
  await chat.answer.locator('table tbody tr').nth(1).waitFor()
  expect(await chat.isAnswering()).toBe(true)
  expect(await chat.answerText()).not.toMatch(/\*\*|\|:--/)
  await chat.screenshot('streaming')
  await chat.untilAnswered()

  await expect.poll(() => chat.answer.getByRole('row').count()).toBe(5)
  expect(await chat.answer.locator('pre').count()).toBe(2)
  expect(await chat.answer.getByRole('checkbox').count()).toBe(4)
  expect(await chat.answer.getByRole('link', { name: 'CommonMark introduction' }).getAttribute('href')).toContain('https://')
  expect(await chat.answerText()).not.toMatch(/\*\*|```|\|:--|~~/)
  await chat.answer.screenshot({ path: (await import('./harness/places.ts')).screenshotPath('markdown') })
  await chat.screenshot('finished')
  expect(chat.problems).toEqual([])
})

test('nothing moves under somebody who reads while the answer grows', async () => {
  const chat = await chatWithDemo({ viewport: { width: 900, height: 500 } })
  await chat.send('Write a long answer in markdown')
  await chat.answer.getByRole('heading', { name: 'In code' }).waitFor({ timeout: 30_000 })
  const heading = chat.answer.getByRole('heading', { name: 'The path of a token' })
  await heading.scrollIntoViewIfNeeded()
  const place = (await heading.boundingBox())?.y
  expect(place).toBeGreaterThan(0)
  for (let step = 0; step < 3; step += 1) await chat.untilGrown()
  expect((await heading.boundingBox())?.y).toBe(place)
  await chat.stop()
  expect((await heading.boundingBox())?.y).toBe(place)
})

test('stop ends the answer at once, and what was said stays', async () => {
  const chat = await chatWithDemo()
  await chat.send('Count to 1000')
  await chat.untilSaid('1 2 3 4 5')
  await chat.stop()
  const said = await chat.answerText()
  expect(said).toMatch(/^1 2 3 4 5/)
  await chat.reload()
  await expect.poll(() => chat.answerText()).toBe(said)
  expect(await chat.isAnswering()).toBe(false)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
})

test('a thread gets a title; the history opens, renames and deletes threads', async () => {
  const chat = await chatWithDemo()
  await chat.ask('Count to 3')
  await chat.untilTitled('Count to 3')
  await chat.newChat()
  await chat.ask('Count to 4')
  await chat.untilTitled('Count to 4')

  await chat.openHistory()
  expect(await chat.historyTitles()).toEqual(['Count to 4', 'Count to 3'])
  await chat.screenshot('history')
  await chat.openFromHistory('Count to 3')
  await expect.poll(() => chat.answerText()).toBe('1 2 3')

  await chat.openHistory()
  await chat.renameInHistory('Count to 3', 'Three')
  await chat.closeHistory()
  await chat.untilTitled('Three')
  await chat.reload()
  await chat.untilTitled('Three')

  await chat.openHistory()
  await chat.deleteFromHistory('Three')
  expect(await chat.historyTitles()).toEqual(['Count to 4'])
  await chat.closeHistory()
  await chat.startScreen.waitFor()
  expect(await listThreads(chat.url)).toMatchObject([{ title: 'Count to 4' }])
  expect(chat.problems).toEqual([])
})

test('a server tool', async () => {
  const chat = await chatWithDemo()
  expect(await chat.ask('Roll two dice with a tool')).toMatch(/The tool answered: [1-6] and [1-6]\./)
})

test('a widget whose buttons work, for the next reader too', async () => {
  const chat = await chatWithDemo()
  await chat.send('Show me a widget')
  const widget = chat.page.locator('[part="widget"]')
  await widget.getByText('What should an answer survive?').waitFor()
  await chat.untilAnswered()
  await widget.getByRole('button', { name: 'A lost connection' }).click()
  await widget.getByText('1 vote so far').waitFor()
  await widget.getByRole('button', { name: 'A reload' }).click()
  await widget.getByText('2 votes so far').waitFor()
  await chat.screenshot('widget')
  await chat.reload()
  await widget.getByText('2 votes so far').waitFor()
  expect(chat.problems).toEqual([])
})

test('a workflow with thoughts and tasks, which folds into one line', async () => {
  const chat = await chatWithDemo()
  await chat.send('Plan a trip with a workflow')
  await chat.page.getByText('Look at the weather').first().waitFor()
  await chat.screenshot('workflow')
  await chat.untilAnswered()
  const line = chat.button(/Planned 3 days in Lisbon/)
  await line.waitFor()
  const task = chat.page.locator('[part="workflow"]').getByText('Mild, with a little wind from the sea.')
  const isOpen = await task.isVisible()
  await line.click()
  await expect.poll(() => task.isVisible()).toBe(!isOpen)
  expect(await chat.answerText()).toContain('The plan is ready.')
})

test('progress lines, each in the place of the one before', async () => {
  const chat = await chatWithDemo()
  await chat.send('Search with progress updates')
  const line = chat.page.locator('[part="progress"]')
  for (const text of ['Searching the archive …', 'Reading 12 documents …', 'Comparing what they say …']) {
    await line.getByText(text).waitFor()
    expect(await line.count()).toBe(1)
  }
  await chat.untilSaid('is done')
  await chat.untilAnswered()
  expect(await line.count()).toBe(0)
})

test('a client effect: something happens in the page', async () => {
  const chat = await chatWithDemo()
  await chat.send('Send a client effect')
  await chat.page.locator('.confetti').waitFor()
  await chat.screenshot('effect')
  await chat.untilAnswered()
  expect(await chat.answerText()).toContain('I sent the client effect')
})

test('a client tool: the page answers the model, and the answer goes on', async () => {
  const chat = await chatWithDemo()
  await chat.send('Read this page with a client tool')
  await chat.untilSaid('Your browser answered')
  await chat.untilAnswered()
  const said = await chat.answerText()
  expect(said).toContain(`"width": ${chat.page.viewportSize()?.width}`.replace(' ', '') || '')
  expect(said).toContain('en-US')
  expect(chat.problems).toEqual([])
})

test('an error says what happened, keeps what had been said, and can be tried again', async () => {
  const chat = await chatWithDemo()
  await chat.send('Fail with an error')
  await chat.untilError('The demo model failed, because it was asked to.')
  await chat.untilAnswered()
  expect(await chat.answerText()).toContain('Here is the beginning of an answer.')
  await chat.screenshot('error')
  await chat.retry()
  await chat.untilError('The demo model failed, because it was asked to.')
  expect(await chat.answerTexts()).toHaveLength(1)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
})

test('a file goes along with a message, and is still there after a reload', async () => {
  const chat = await chatWithDemo()
  await chat.page.locator('input[type="file"]').setInputFiles({
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Remember the milk.'),
  })
  await chat.page.getByText('notes.txt').waitFor()
  await expect.poll(() => chat.page.locator('.file-chip.ready').count()).toBe(1)
  await chat.ask('Count to 3')
  await chat.reload()
  await chat.page.locator('[part="message-user"]').getByText('notes.txt').waitFor()
  expect(chat.problems).toEqual([])
})

test('dark and light: as the system has it, or as the reader chose', async () => {
  const browser = await newBrowser({ colorScheme: 'dark' })
  const { url } = await startMillrace()
  const chat = await browser.open(url)
  const brightness = () =>
    chat.page.evaluate(() => {
      const chat = document.querySelector('openai-chatkit')?.shadowRoot?.querySelector('.ck')
      const [red = 0, green = 0, blue = 0] = chat ? (getComputedStyle(chat).backgroundColor.match(/[\d.]+/g) ?? []).map(Number) : []
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
  await chat.send('Write a long answer in markdown')
  await chat.answer.locator('pre').nth(1).waitFor({ timeout: 60_000 })
  await chat.untilAnswered()
  expect(await chat.sidewaysOverflow()).toBe(0)
  await chat.screenshot('narrow')
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
  await tabTo('Count to 100')
  await keyboard.press('Enter')
  await chat.untilSaid('1 2 3')
  await tabTo('Stop response')
  await keyboard.press('Enter')
  await chat.untilAnswered()
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
  await tabTo('Actions for “Count to 100”')
  await keyboard.press('Enter')
  await keyboard.press('ArrowDown')
  await keyboard.press('ArrowUp')
  expect(await focused()).toBe('Rename')
  await keyboard.press('Enter')
  await keyboard.type('By hand')
  await keyboard.press('Enter')
  await expect.poll(() => chat.historyTitles()).toEqual(['By hand'])
  await keyboard.press('Tab')
  await keyboard.press('Escape')
  await chat.history.waitFor({ state: 'hidden' })
  expect(await focused()).toBe('History')
})

test.each(['light', 'dark'] as const)('axe finds nothing serious in the %s page', async (colorScheme) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const chat = await chatWithDemo({ colorScheme, initScript: axe })
  const seriousProblems = () =>
    chat.page.evaluate(async () => {
      const axe: typeof import('axe-core') = Reflect.get(window, 'axe')
      const { violations } = await axe.run()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`))
    })
  expect(await seriousProblems()).toEqual([])
  await chat.ask('Plan a trip with a workflow')
  await chat.ask('Show me a widget')
  await chat.page.locator('[part="widget"]').getByRole('button').first().click()
  await chat.page.getByText('1 vote so far').waitFor()
  expect(await seriousProblems()).toEqual([])
  await chat.send('Write a long answer in markdown')
  await chat.answer.locator('pre').nth(1).waitFor({ timeout: 60_000 })
  await chat.stop()
  expect(await seriousProblems()).toEqual([])
  await chat.send('Fail with an error')
  await chat.untilError('The demo model failed')
  expect(await seriousProblems()).toEqual([])
  await chat.openHistory()
  await chat.button(/^Actions for/).click()
  expect(await seriousProblems()).toEqual([])
})

test('the page talks to its own server alone', async () => {
  const { url } = await startMillrace()
  const browser = await newBrowser()
  const asked = new Set<string>()
  browser.context.on('request', (request) => asked.add(new URL(request.url()).origin))
  const chat = await browser.open(url)
  await chat.ask('Show me a widget')
  await chat.ask('Write a long answer in markdown')
  expect([...asked]).toEqual([new URL(url).origin])
})
