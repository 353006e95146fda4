import { expect, test } from 'vitest'
import { useChromium } from './harness/chromium.ts'
import { chatWithDemo } from './harness/demo.ts'

useChromium()

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
  expect(said).toContain('"language":"en-US"')
  expect(said).toContain('"width":1100')
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
