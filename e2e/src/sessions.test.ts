import { Sessions } from '@millrace/server'
import { expect, test } from 'vitest'
import type { ChatPage } from './harness/chat-page.ts'
import { newBrowser, useChromium } from './harness/chromium.ts'
import { countTo } from './harness/demo.ts'
import { type Millrace, startMillrace } from './harness/millrace.ts'

useChromium()

const SECRET = 'a secret for tests, and long enough'
const MINUTE_MS = 60_000
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')

/** A chat in which every browser is a user of its own. */
function startWithSessions(): Promise<Millrace> {
  return startMillrace({ environment: { AUTH: 'session', SESSION_SECRET: SECRET } })
}

/** Who the page says it is. */
async function guestOf(chat: ChatPage): Promise<string> {
  const { secret } = await keptBy(chat)
  const session = await new Sessions({ secret: SECRET }).verify(secret)
  return session?.userId ?? 'nobody'
}

function keptBy({ page }: ChatPage): Promise<{ secret: string; expiresAt: number; renewAt: number }> {
  return page.evaluate(() => JSON.parse(localStorage.getItem('millrace.session') ?? '{}'))
}

/** Puts another secret into the browser, as if it had been got long ago; the page believes it to be good until then. */
async function putSecret({ page }: ChatPage, secret: string, expiresAt: number): Promise<void> {
  const kept = JSON.stringify({ secret, expiresAt, renewAt: expiresAt })
  await page.evaluate((text) => localStorage.setItem('millrace.session', text), kept)
}

async function titles(chat: ChatPage): Promise<string[]> {
  await chat.openHistory()
  await expect.poll(() => chat.history.getByText('Loading').count()).toBe(0)
  const found = await chat.historyTitles()
  await chat.closeHistory()
  return found
}

test('a page chats, is the same guest after a reload and in another tab, and nobody to another browser', async () => {
  const { url } = await startWithSessions()
  const [mine, theirs] = [await newBrowser(), await newBrowser()]
  const chat = await mine.open(url)
  expect(await chat.ask('Count to 5')).toBe(countTo(5))
  await expect.poll(() => titles(chat)).toHaveLength(1)
  const guest = await guestOf(chat)
  expect(guest).toMatch(/^guest_/)
  await chat.reload()
  await expect.poll(() => chat.answerTexts()).toEqual([countTo(5)])
  expect(await guestOf(chat)).toBe(guest)
  const tab = await mine.open(url)
  await expect.poll(() => titles(tab)).toHaveLength(1)
  const other = await theirs.open(url)
  expect(await titles(other)).toEqual([])
  expect(await other.ask('Count to 3')).toBe(countTo(3))
  expect(await guestOf(other)).not.toBe(guest)
  expect([...chat.problems, ...tab.problems, ...other.problems]).toEqual([])
})

test('an answer goes on over a reload, and is stopped', async () => {
  const { url } = await startWithSessions()
  const chat = await (await newBrowser()).open(url)
  await chat.send('Count to 400')
  await chat.untilGrown()
  await chat.reload()
  await chat.untilAnswering()
  await chat.untilGrown()
  await chat.stop()
  const said = await chat.answerText()
  expect(countTo(400).startsWith(said)).toBe(true)
  expect(chat.problems).toEqual([])
})

test('an image that was sent is seen, after a reload too', async () => {
  const { url } = await startWithSessions()
  const chat = await (await newBrowser()).open(url)
  await chat.page.locator('input[type="file"]').setInputFiles({ name: 'dot.gif', mimeType: 'image/gif', buffer: PIXEL })
  await expect.poll(() => chat.page.locator('.file-chip.ready').count()).toBe(1)
  await chat.ask('Count to 3')
  const image = chat.page.locator('[part="message-user"]').getByRole('img', { name: 'dot.gif' })
  const isShown = () => image.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth > 0)
  await expect.poll(isShown).toBe(true)
  await chat.reload()
  await expect.poll(isShown).toBe(true)
  expect(chat.problems).toEqual([])
})

test('a secret that has expired is refreshed, and nobody sees it', async () => {
  const { url } = await startWithSessions()
  const chat = await (await newBrowser()).open(url)
  await chat.ask('Count to 3')
  const guest = await guestOf(chat)
  const issuer = new Sessions({ secret: SECRET, now: () => Date.now() - 20 * MINUTE_MS })
  const { client_secret: old } = await issuer.issue(guest)
  await putSecret(chat, old, Date.now() - 5 * MINUTE_MS)
  expect(await chat.ask('Count to 4')).toBe(countTo(4))
  expect(await guestOf(chat)).toBe(guest)
  expect((await keptBy(chat)).secret).not.toBe(old)
  expect(chat.problems).toEqual([])
  // The server refuses one that the page believes in: it is renewed once, and the message is sent again.
  await putSecret(chat, old, Date.now() + 60 * MINUTE_MS)
  expect(await chat.ask('Count to 5')).toBe(countTo(5))
  expect(await guestOf(chat)).toBe(guest)
  expect(await chat.sentTexts()).toEqual(['Count to 3', 'Count to 4', 'Count to 5'])
  for (const problem of chat.problems) expect(problem).toContain('401')
})

test('a session that is lost for good is a new one, and the page still works', async () => {
  const { url } = await startWithSessions()
  const chat = await (await newBrowser()).open(url)
  await chat.ask('Count to 3')
  const guest = await guestOf(chat)
  await putSecret(chat, 'lost', Date.now() - MINUTE_MS)
  await chat.page.reload()
  await chat.startScreen.waitFor()
  expect(await chat.ask('Count to 4')).toBe(countTo(4))
  expect(await guestOf(chat)).not.toBe(guest)
  await expect.poll(() => titles(chat)).toHaveLength(1)
})
