import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  answerOf,
  ask,
  askAndWait,
  input,
  itemsOf,
  listThreads,
  post,
  saidBy,
  saidIn,
} from './harness/chat-over-http.ts'
import { openChat, useChromium } from './harness/chromium.ts'
import { startMillrace } from './harness/millrace.ts'
import { smallDisk } from './harness/small-disk.ts'

useChromium()

describe('a disk that is full', () => {
  test('loses nothing that was said: with room again all of it is there, and the chat goes on', async () => {
    const disk = smallDisk()
    const first = await startMillrace({ environment: { DATABASE_URL: `sqlite:${join(disk.folder, 'millrace.db')}` } })
    const { url, pid } = first
    const answer = await ask(url, 'Count to 2000')
    await expect.poll(() => saidIn(answer.events), { timeout: 10_000 }).toContain('1 2 3')
    disk.fill(pid)
    await answer.ended.catch(() => {})
    const seen = saidIn(answer.events)
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
    const refused = await answerOf(await post(url, { type: 'threads.create', params: { input: input('Hello') } }))
    expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable', error: expect.any(String) } })
    expect(first.logLines()).toContainEqual(expect.objectContaining({ level: 'error' }))

    disk.free(pid)
    await expect.poll(async () => saidBy(await itemsOf(url, answer.threadId)), { timeout: 20_000 }).not.toBe('')
    expect(saidBy(await itemsOf(url, answer.threadId)).startsWith(seen)).toBe(true)
    expect(saidIn(await askAndWait(url, 'Count to 3', answer.threadId))).toBe('1 2 3')

    first.signal('SIGTERM')
    await first.ended
    const second = await startMillrace({ environment: { DATABASE_URL: `sqlite:${join(disk.folder, 'millrace.db')}` } })
    const kept = (await itemsOf(second.url, answer.threadId)).filter(({ type }) => type === 'assistant_message')
    expect(kept).toHaveLength(2)
    expect(saidBy(kept).startsWith(seen)).toBe(true)
  })

  test('is said in the page, where the message can be sent again', async () => {
    const disk = smallDisk()
    const { url, pid } = await startMillrace({
      environment: { DATABASE_URL: `sqlite:${join(disk.folder, 'millrace.db')}` },
    })
    const chat = await openChat(url)
    await chat.ask('Count to 3')
    disk.fill(pid)
    await chat.send('Count to 4')
    await chat.error.waitFor({ timeout: 30_000 })
    await chat.screenshot('disk full')
    disk.free(pid)
    await chat.retry()
    expect(await chat.answerText()).toBe('1 2 3 4')
    expect(await listThreads(url)).toHaveLength(1)
  })
})
