import { expect, test } from 'vitest'
import { breakableConnection } from './harness/breakable-connection.ts'
import { newBrowser, openChat, useChromium } from './harness/chromium.ts'
import { countTo } from './harness/demo.ts'
import { startMillrace } from './harness/millrace.ts'
import { measureReload } from './harness/reload-time.ts'

useChromium()

/** What the issue asks of the product, on a machine of its own, is 200 ms; a test run shares its machine. */
const RELOAD_LIMIT_MS = 1000

test('a reload in mid-answer shows the text so far at once, and goes on to the end', async () => {
  const { url } = await startMillrace()
  const chat = await openChat(url)
  await chat.send('Count to 300')
  await chat.untilSaid(countTo(40))
  const times = await measureReload(chat)
  console.log(
    `A reload after ${times.characters} characters showed them ${times.shownAfterMs.toFixed(0)} ms after the load.`,
  )
  expect(times.shownAfterMs).toBeLessThan(RELOAD_LIMIT_MS)
  expect(await chat.isAnswering()).toBe(true)
  await chat.untilGrown()
  await chat.reload()
  await chat.untilAnswering()
  await chat.untilAnswered()
  expect(await chat.answerText()).toBe(countTo(300))
  expect(await chat.sentTexts()).toEqual(['Count to 300'])
  expect(chat.problems).toEqual([])
})

test('an answer goes on while nobody looks', async () => {
  const { url } = await startMillrace()
  const browser = await newBrowser()
  const chat = await browser.open(url)
  await chat.send('Count to 100')
  await chat.untilSaid('1 2 3')
  await chat.page.close()
  const later = await browser.open(url)
  await later.untilSaid(countTo(100))
  await later.untilAnswered()
  expect(await later.answerText()).toBe(countTo(100))
})

test('two tabs live on one answer, word for word', async () => {
  const { url } = await startMillrace()
  const browser = await newBrowser()
  const first = await browser.open(url)
  await first.ask('Count to 2')
  const second = await browser.open(url)
  await second.untilSaid('1 2')
  await first.send('Count to 150')
  await second.untilAnswering()
  await second.untilGrown()
  expect(await first.isAnswering()).toBe(true)
  await Promise.all([first.untilAnswered(), second.untilAnswered()])
  for (const tab of [first, second]) {
    expect(await tab.answerTexts()).toEqual(['1 2', countTo(150)])
    expect(await tab.sentTexts()).toEqual(['Count to 2', 'Count to 150'])
    expect(tab.problems).toEqual([])
  }
})

test('stop in one tab stops both', async () => {
  const { url, logLines } = await startMillrace()
  const browser = await newBrowser()
  const first = await browser.open(url)
  await first.send('Count to 1000')
  await first.untilSaid('1 2 3')
  const second = await browser.open(url)
  await second.untilAnswering()
  await second.untilGrown()
  await second.stop()
  await first.untilAnswered(5000)
  const said = await first.answerText()
  expect(countTo(1000).startsWith(said)).toBe(true)
  expect(await second.answerText()).toBe(said)
  for (const tab of [first, second]) expect(await tab.error.count()).toBe(0)
  await expect.poll(() => logLines().at(-1)).toMatchObject({ msg: 'run ended', outcome: 'stopped' })
  await first.ask('Count to 3')
  await second.untilSaid('1 2 3')
})

test('a connection that is cut again and again is taken up by itself, with no word lost or doubled', async () => {
  const { url } = await startMillrace()
  const connection = await breakableConnection(url)
  const chat = await openChat(connection.url)
  await chat.send('Count to 300')
  for (const seen of [10, 60, 120, 180]) {
    await chat.untilSaid(countTo(seen))
    connection.cut()
  }
  await chat.untilAnswered()
  expect(await chat.answerText()).toBe(countTo(300))
  expect(await chat.sentTexts()).toEqual(['Count to 300'])
  expect(await chat.error.count()).toBe(0)
})

test('while the connection is away the page says so, and goes on when it is back', async () => {
  const { url } = await startMillrace()
  const connection = await breakableConnection(url)
  const chat = await openChat(connection.url)
  await chat.send('Count to 200')
  await chat.untilSaid(countTo(20))
  connection.break()
  await chat.page.getByText(/Reconnecting|offline/).waitFor({ timeout: 5000 })
  await chat.screenshot('reconnecting')
  connection.restore()
  await chat.untilAnswered()
  expect(await chat.answerText()).toBe(countTo(200))
  expect(await chat.page.getByText(/Reconnecting|offline/).count()).toBe(0)
})

test('a browser that goes offline in mid-answer has the whole answer once it is back', async () => {
  const { url } = await startMillrace()
  const connection = await breakableConnection(url)
  const browser = await newBrowser()
  const chat = await browser.open(connection.url)
  await chat.send('Count to 100')
  await chat.untilSaid(countTo(20))
  await browser.context.setOffline(true)
  connection.cut()
  await chat.page.getByText('You are offline').waitFor()
  await browser.context.setOffline(false)
  await chat.untilSaid(countTo(100))
  await chat.untilAnswered()
  expect(await chat.answerText()).toBe(countTo(100))
})
