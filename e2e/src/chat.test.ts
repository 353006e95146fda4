import { expect, test } from 'vitest'
import { listThreads } from './harness/chat-over-http.ts'
import { useChromium } from './harness/chromium.ts'
import { chatWithDemo } from './harness/demo.ts'

useChromium()

test('the start screen greets, says that the model is a demo, and its prompts can be sent by a click', async () => {
  const chat = await chatWithDemo()
  await chat.startScreen.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
  await chat.page.getByText(/demo model/i).waitFor()
  await chat.screenshot('start')
  await chat.button('Show me a widget').click()
  await chat.untilSaid('Here is a small poll.')
  expect(await chat.sentTexts()).toEqual(['Show me a widget'])
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
  await chat.untilSaid('You wrote:')
  await chat.stop()
})

test('the answer appears as it is made, and what is unfinished already looks as it will', async () => {
  const chat = await chatWithDemo()
  await chat.send('Write a long answer in markdown')
  await chat.answer.getByRole('heading', { name: 'How an answer travels' }).waitFor()
  await chat.untilGrown()
  await chat.untilGrown()
  await chat.answer.locator('table tbody tr').nth(1).waitFor({ timeout: 30_000 })
  expect(await chat.isAnswering()).toBe(true)
  expect(await chat.answerText()).not.toMatch(/\*\*|\|:--/)
  await chat.screenshot('streaming')
  await chat.stop()
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

test('a file goes along with a message, and is still there after a reload', async () => {
  const chat = await chatWithDemo()
  await chat.page.locator('input[type="file"]').setInputFiles({
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Remember the milk.'),
  })
  await chat.page.getByText('notes.txt').waitFor()
  await expect.poll(() => chat.page.locator('.file-chip.ready').count()).toBe(1)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
  await chat.reload()
  await chat.page.locator('[part="message-user"]').getByText('notes.txt').waitFor()
  expect(chat.problems).toEqual([])
})
