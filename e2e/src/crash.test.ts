import { expect, test } from 'vitest'
import { breakableConnection } from './harness/breakable-connection.ts'
import { ask, askAndWait, endOf, input, itemsOf, listThreads, post, saidBy, saidIn } from './harness/chat-over-http.ts'
import { newBrowser, openChat, useChromium } from './harness/chromium.ts'
import { countTo } from './harness/demo.ts'
import { type Millrace, runMillrace, startMillrace } from './harness/millrace.ts'
import { temporaryFolder } from './harness/places.ts'

useChromium()

/** Starts another process on the data and the port of one that has ended. */
function startAgain({ folder, url }: Millrace): Promise<Millrace> {
  return startMillrace({ folder, environment: { PORT: new URL(url).port } })
}

test('after kill -9 and a restart the open page shows what had been said, as interrupted, and a retry works', async () => {
  const first = await startMillrace()
  const connection = await breakableConnection(first.url)
  const chat = await openChat(connection.url)
  await chat.send('Count to 200')
  await chat.untilSaid(countTo(40))
  await first.kill()
  // However long a busy machine needs for the restart: the page's next try waits for it.
  connection.hold()
  const seen = await chat.answerText()
  const second = await startAgain(first)
  connection.restore()
  await chat.untilError(/interrupt/i)
  await chat.untilAnswered()
  expect(await chat.answerText()).toMatch(new RegExp(`^${seen}`))
  expect(countTo(200).startsWith(await chat.answerText())).toBe(true)
  await chat.screenshot('interrupted')
  expect(second.logLines()).toContainEqual(
    expect.objectContaining({ msg: 'run ended', outcome: 'interrupted', code: 'interrupted' }),
  )
  await chat.retry()
  expect(await chat.answerTexts()).toEqual([countTo(200)])
  expect(await chat.error.count()).toBe(0)
})

test('after kill -9 and a restart whoever comes back finds what had been said, and can try again', async () => {
  const first = await startMillrace()
  const browser = await newBrowser()
  const chat = await browser.open(first.url)
  await chat.send('Count to 100')
  await chat.untilSaid(countTo(20))
  await first.kill()
  const seen = await chat.answerText()
  await chat.page.close()
  const second = await startAgain(first)
  const later = await browser.open(second.url)
  await later.untilSaid(seen)
  expect(await later.isAnswering()).toBe(false)
  await later
    .button(/^(Retry|Try again)$/)
    .first()
    .click()
  await later.untilSaid(countTo(100))
  await later.untilAnswered()
  expect(await later.answerTexts()).toEqual([countTo(100)])
})

test.each([1, 2, 30])('nothing that a reader has seen is lost by a kill -9 after %i words', async (words) => {
  const first = await startMillrace()
  const { threadId, events } = await ask(first.url, 'Count to 1000')
  await expect
    .poll(() => saidIn(events).split(' ').length, { interval: 1, timeout: 10_000 })
    .toBeGreaterThanOrEqual(words)
  await first.kill()
  const seen = saidIn(events)
  const { url } = await startAgain(first)
  const kept = saidBy(await itemsOf(url, threadId))
  expect(kept.startsWith(seen)).toBe(true)
  expect(countTo(1000).startsWith(kept)).toBe(true)
  expect(saidIn(await askAndWait(url, 'Count to 3', threadId))).toBe('1 2 3')
})

test('SIGTERM lets a running answer finish and takes no new ones', async () => {
  const { url, signal, ended } = await startMillrace()
  const answer = await ask(url, 'Count to 100')
  signal('SIGTERM')
  const refused = async () =>
    (await post(url, { type: 'threads.create', params: { input: input('Count to 2') } })).status
  await expect.poll(refused).toBe(503)
  const events = await answer.ended
  expect(saidIn(events)).toBe(countTo(100))
  expect(endOf(events)).toMatchObject({ outcome: 'completed' })
  expect(await ended).toEqual({ code: 0, signal: null })
})

test('a second SIGTERM ends at once, and what had been said is there after the next start', async () => {
  const first = await startMillrace()
  const { threadId, events } = await ask(first.url, 'Count to 1000')
  await expect.poll(() => saidIn(events)).toContain('1 2 3')
  first.signal('SIGTERM')
  await expect.poll(() => first.printed.err).toContain('to finish')
  // Sent until one is late enough to be a second wish and not the echo of the first.
  const again = setInterval(() => first.signal('SIGTERM'), 100)
  expect(await first.ended).toEqual({ code: 1, signal: null })
  clearInterval(again)
  const seen = saidIn(events)
  const { url } = await startAgain(first)
  expect(saidBy(await itemsOf(url, threadId)).startsWith(seen)).toBe(true)
})

test('a second start on the same data says so and ends; the first goes on', async () => {
  const folder = temporaryFolder()
  const { url } = await startMillrace({ folder })
  const second = runMillrace({ folder })
  expect(await second.ended).toEqual({ code: 1, signal: null })
  expect(second.printed.err).toMatch(
    /millrace\.db is in use by another Millrace process\. Stop that process, or set DATABASE_URL/,
  )
  expect(saidIn(await askAndWait(url, 'Count to 3'))).toBe('1 2 3')
})

test('a thread that is deleted while it answers stays deleted', async () => {
  const first = await startMillrace()
  const answer = await ask(first.url, 'Count to 1000')
  await expect.poll(() => saidIn(answer.events)).toContain('1 2 3')
  const params = { thread_id: answer.threadId }
  expect((await post(first.url, { type: 'threads.delete', params })).status).toBe(200)
  expect(endOf(await answer.ended)).toMatchObject({ outcome: 'stopped' })
  expect(await listThreads(first.url)).toEqual([])
  first.signal('SIGTERM')
  await first.ended
  const { url } = await startAgain(first)
  expect(await listThreads(url)).toEqual([])
  expect((await post(url, { type: 'threads.get_by_id', params })).status).toBe(404)
})

test('a rename while the thread answers stays', async () => {
  const { url } = await startMillrace()
  const answer = await ask(url, 'Count to 60')
  await expect.poll(() => saidIn(answer.events)).toContain('1 2 3')
  const params = { thread_id: answer.threadId, title: 'My own title' }
  expect((await post(url, { type: 'threads.update', params })).status).toBe(200)
  expect(endOf(await answer.ended)).toMatchObject({ outcome: 'completed' })
  expect(await listThreads(url)).toMatchObject([{ title: 'My own title' }])
})
