import { ChatKitError } from '@millrace/protocol'
import { startRedis } from '@millrace/testbed'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openRedis } from './redis.ts'
import { MemoryStore } from './store/memory.ts'
import {
  ALICE,
  deltas,
  message,
  type Reading,
  readRun,
  requests,
  says,
  type TestUser,
  testServer,
} from './testing/test-server.ts'

/** A server whose store can be taken away, with an answer that fails while it is. */
async function failedWhileAway() {
  let isAway = false
  const store = new MemoryStore<TestUser>()
  const saveItem = store.saveItem.bind(store)
  const tries = vi.spyOn(store, 'saveItem').mockImplementation(async (...args) => {
    if (isAway) throw new ChatKitError('unavailable', 'The disk is full.')
    return saveItem(...args)
  })
  const it = testServer({ store, storePatienceMs: 0 })
  it.respond((turn) =>
    message(
      turn,
      (async function* () {
        yield* ['one ', 'two ']
        isAway = true
      })(),
    ),
  )
  const { runId, end } = await it.read(requests.create())
  const { threadId } = (await it.server.runOf(runId, ALICE)).info
  const texts = async () =>
    (await it.items(threadId)).map((item) =>
      'content' in item && Array.isArray(item.content) ? item.content[0]?.text : item.type,
    )
  return { ...it, end, threadId, texts, tries, comeBack: () => (isAway = false) }
}

describe('while the store is away', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  test('what was said waits, and is saved when the store is back', async () => {
    const { end, texts, comeBack, tries } = await failedWhileAway()
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'unavailable', recoverable: true } })
    await vi.advanceTimersByTimeAsync(3000)
    expect(await texts()).toEqual(['Hi'])
    comeBack()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await texts()).toEqual(['Hi', 'one two '])
    const { length } = tries.mock.calls
    await vi.advanceTimersByTimeAsync(5000)
    expect(tries.mock.calls).toHaveLength(length)
  })

  test('the next message of the thread finds it saved before its own', async () => {
    const { read, respond, texts, threadId, comeBack } = await failedWhileAway()
    await expect(read(requests.message(threadId))).rejects.toMatchObject({ code: 'unavailable' })
    comeBack()
    respond(says('three'))
    expect(deltas((await read(requests.message(threadId))).events)).toBe('three')
    expect(await texts()).toEqual(['Hi', 'one two ', 'And now?', 'three'])
  })

  test('a retry replaces it', async () => {
    const { read, respond, items, texts, threadId, comeBack } = await failedWhileAway()
    const [asked] = await items(threadId)
    comeBack()
    respond(says('three'))
    await read(requests.retry(threadId, asked?.id ?? ''))
    await vi.advanceTimersByTimeAsync(3000)
    expect(await texts()).toEqual(['Hi', 'three'])
  })

  test('a thread that is deleted meanwhile stays deleted', async () => {
    const { json, texts, threadId, comeBack } = await failedWhileAway()
    await json({ type: 'threads.delete', params: { thread_id: threadId } })
    comeBack()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await texts()).toEqual([])
  })

  test('the server tries a last time when it goes down', async () => {
    const { server, texts, comeBack } = await failedWhileAway()
    comeBack()
    await server.close(0)
    expect(await texts()).toEqual(['Hi', 'one two '])
  })
})

test('whoever sees the end of an answer whose log was away finds in the thread what was said', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const { log, ready, close } = openRedis(redis.url, { leaseMs: 400 })
  onTestFinished(close)
  await ready
  const it = testServer({ log })
  const silence = new Promise<never>(() => {})
  it.respond((turn) =>
    message(
      turn,
      (async function* () {
        yield 'one '
        await silence
      })(),
    ),
  )
  const opened = await it.open(requests.create())
  const { threadId } = opened.run.info
  await readRun(opened, 4)
  redis.pause()
  await expect.poll(() => it.server.activeRuns).toBe(0)
  redis.resume()
  let end: Reading['end']
  while (!end) end = await readRun(opened).then((reading) => reading.end, pause)
  expect(await it.items(threadId)).toMatchObject([{ type: 'user_message' }, { content: [{ text: 'one ' }] }])
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'unavailable' } })
})

/** What is away is asked again, but not at once. */
function pause(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 5, undefined))
}
