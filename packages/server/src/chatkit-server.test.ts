import { ChatKitError } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import type { TestUser } from './testing/test-server.ts'
import { ALICE, BOB, deltas, message, readRun, requests, says, testServer } from './testing/test-server.ts'
import type { Turn } from './turn.ts'

/** Tokens, then silence until the turn is aborted. */
async function* hangsAfter(turn: Turn<TestUser>, tokens: string[]) {
  yield* message(
    turn,
    (async function* () {
      yield* tokens
      await new Promise<void>((resolve) => turn.signal.addEventListener('abort', () => resolve()))
    })(),
  )
}

async function code(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ChatKitError) return error.code
  throw new Error(`Expected a ChatKitError, got ${String(error)}`)
}

/** A run that has said some tokens and goes on. */
async function running(tokens = ['one ', 'two ']) {
  const it = testServer()
  it.respond((turn) => hangsAfter(turn, tokens))
  const opened = await it.open(requests.create(), { client: { resumes: true } })
  const seen = await readRun(opened, 4 + tokens.length)
  return { ...it, opened, seen, threadId: opened.run.info.threadId, runId: opened.run.info.runId }
}

describe('resuming', () => {
  test('a reader that returns after any number of entries misses nothing and sees nothing twice', async () => {
    const it = testServer()
    it.respond(says('one two three four'))
    const whole = await it.read(requests.create())
    for (let k = 0; k <= whole.seq; k += 1) {
      const first = await readRun(await it.open(requests.resume(whole.runId)), k)
      const rest = await readRun(await it.open(requests.resume(whole.runId, k)))
      expect([...first.events, ...rest.events]).toEqual(whole.events)
      expect(rest.end ?? first.end).toEqual({ outcome: 'completed' })
    }
  })

  test('two readers of a running answer see the same, live', async () => {
    const { opened, runId, open, server } = await running()
    const followers = [readRun(opened), readRun(await open(requests.resume(runId)))]
    await server.process(requests.stop(runId), ALICE)
    const [one, two] = await Promise.all(followers)
    expect(one?.events).toEqual(two?.events)
    expect(one?.end).toEqual({ outcome: 'stopped' })
  })

  test('a thread without a run has nothing to resume', async () => {
    const it = testServer()
    const { runId } = await it.read(requests.create())
    const threadId = (await it.server.runOf(runId, ALICE)).info.threadId
    await it.log.forget(threadId)
    expect(await it.server.process({ type: 'runs.resume', params: { thread_id: threadId } }, ALICE)).toEqual({
      nothing: true,
    })
  })

  test('a cursor beyond the last entry is refused', async () => {
    const it = testServer()
    const { runId, seq } = await it.read(requests.create())
    expect(await code(it.open(requests.resume(runId, seq + 1)))).toBe('invalid_request')
  })
})

describe('one run in a thread, one run for a message', () => {
  test('a second message while an answer is written is a conflict that names the run', async () => {
    const { threadId, runId, open } = await running()
    const error = await open(requests.message(threadId), { client: { resumes: true } }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ code: 'run_in_progress', status: 409, details: { run_id: runId } })
  })

  test('a message right after a client that can not resume left waits for the end of its run', async () => {
    const it = testServer()
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const left = await it.open(requests.create())
    await readRun(left, 5)
    const next = it.open(requests.message(left.run.info.threadId))
    it.respond(says('fresh'))
    await left.run.stop()
    expect(deltas((await readRun(await next)).events)).toBe('fresh')
  })

  test('the same message id joins its run, however often it comes', async () => {
    let runs = 0
    const it = testServer()
    it.respond((turn) => {
      runs += 1
      return says('once')(turn)
    })
    const client = { messageId: 'm-1', resumes: true }
    const readings = await Promise.all([1, 2, 3].map(() => it.read(requests.create(), { client })))
    expect(new Set(readings.map(({ runId }) => runId)).size).toBe(1)
    expect(readings.map(({ events }) => deltas(events))).toEqual(['once', 'once', 'once'])
    expect(runs).toBe(1)
  })

  test('the model is asked once the run is in the log: one that dies before is forgotten, and may be sent again', async () => {
    const it = testServer()
    let entriesBefore: number | undefined
    it.respond(async function* (turn) {
      const run = await it.log.find({ runId: turn.runId })
      entriesBefore = run && run !== 'expired' ? run.lastSeq : 0
      yield* message(turn, ['one'])
    })
    await it.read(requests.create())
    expect(entriesBefore).toBeGreaterThan(0)
  })

  test('the same message id with another message is a conflict, and free for another user', async () => {
    const it = testServer()
    const client = { messageId: 'm-1' }
    await it.read(requests.create('one'), { client })
    expect(await code(it.open(requests.create('two'), { client }))).toBe('message_id_conflict')
    await it.read(requests.create('two'), { client, user: BOB })
  })
})

describe('stopping', () => {
  test('aborts the turn, keeps what was said, and tells followers what the store holds', async () => {
    let aborted = false
    const it = testServer()
    it.respond((turn) => {
      turn.signal.addEventListener('abort', () => {
        aborted = true
      })
      return hangsAfter(turn, ['one ', 'two '])
    })
    const opened = await it.open(requests.create())
    const following = readRun(opened)
    await readRun(opened, 6)
    await it.json(requests.stop(opened.run.info.runId))
    const { events, end } = await following
    const items = await it.items(opened.run.info.threadId)
    expect(aborted).toBe(true)
    expect(end).toEqual({ outcome: 'stopped' })
    expect(items.map(({ type }) => type)).toEqual(['user_message', 'assistant_message', 'sdk_hidden_context'])
    expect(items[1]).toMatchObject({ content: [{ text: 'one two ' }] })
    expect(events.at(-1)).toEqual({ type: 'thread.item.done', item: items[1] })
  })

  test('does not wait for a handler that ignores its signal, and throws away what it yields later', async () => {
    let goOn = () => {}
    const stuck = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const it = testServer()
    it.respond(async function* (turn) {
      yield* message(turn, ['kept'])
      await stuck
      yield* message(turn, ['too late'])
    })
    const opened = await it.open(requests.create())
    await readRun(opened, 6)
    await opened.run.stop()
    goOn()
    it.respond(says('next'))
    await it.read(requests.message(opened.run.info.threadId))
    const texts = JSON.stringify(await it.items(opened.run.info.threadId))
    expect(texts).toContain('kept')
    expect(texts).not.toContain('too late')
  })

  test('an ended run answers with its outcome and nothing changes', async () => {
    const it = testServer()
    const { runId } = await it.read(requests.create())
    expect(await it.json(requests.stop(runId))).toEqual({ run_id: runId, status: 'completed' })
  })
})

describe('failing', () => {
  test('what was said is saved and finished before the error', async () => {
    const it = testServer()
    it.respond(async function* (turn) {
      const events = message(turn, ['half ', 'an ', 'answer'])
      for (let count = 0; count < 3; count += 1)
        yield (await events.next()).value ?? { type: 'progress_update', text: '' }
      throw new Error('secret detail')
    })
    const { events, end, runId } = await it.read(requests.create())
    const [item] = (await it.items((await it.server.runOf(runId, ALICE)).info.threadId)).slice(1)
    expect(events.slice(-2)).toEqual([
      { type: 'thread.item.done', item },
      { type: 'error', code: 'stream.error', allow_retry: true },
    ])
    expect(item).toMatchObject({ content: [{ text: 'half an ' }] })
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'server_error', recoverable: true } })
    expect(JSON.stringify([events, end])).not.toContain('secret')
  })

  test('the cause of a failed model call stands in the end of the run', async () => {
    const it = testServer()
    const cause = new ChatKitError('model_auth', 'The model service refused its key. Check OPENAI_API_KEY.')
    it.respond(async function* () {
      yield { type: 'progress_update', text: 'Thinking' }
      throw new Error('wrapped', { cause })
    })
    const { end } = await it.read(requests.create())
    expect(end?.error).toEqual({ code: 'model_auth', message: cause.message, recoverable: false })
  })

  test('a thread stays usable after a failure', async () => {
    const it = testServer()
    it.respond(() => {
      throw new Error('at once')
    })
    const { runId } = await it.read(requests.create())
    it.respond(says('better'))
    const { threadId } = (await it.server.runOf(runId, ALICE)).info
    expect(deltas((await it.read(requests.message(threadId))).events)).toBe('better')
  })
})

describe('retrying', () => {
  async function answered() {
    const it = testServer()
    it.respond(says('old', 'old'))
    const { runId } = await it.read(requests.create())
    const { threadId } = (await it.server.runOf(runId, ALICE)).info
    const [question] = await it.items(threadId)
    return { ...it, threadId, retry: requests.retry(threadId, question?.id ?? '') }
  }

  test('the turn does not see the old answer, which leaves with the first item of the new one', async () => {
    const it = await answered()
    let seen: unknown
    it.respond(async function* (turn) {
      seen = (await turn.store.listItems(turn.thread.id, { limit: 20, order: 'desc' }, undefined, turn.context)).data
        .length
      yield* message(turn, ['new'], 'new')
    })
    const { events } = await it.read(it.retry)
    expect(seen).toBe(1)
    expect((await it.items(it.threadId)).map(({ id }) => id).slice(1)).toEqual(['new'])
    expect(events).toContainEqual({ type: 'thread.item.removed', item_id: 'old' })
  })

  test('a failed retry keeps the old answer', async () => {
    const it = await answered()
    it.respond(() => {
      throw new Error('no')
    })
    await it.read(it.retry)
    expect((await it.items(it.threadId)).map(({ id }) => id)).toContain('old')
  })
})

describe('a thread that changes while it answers', () => {
  test('a deleted one stays deleted', async () => {
    const { threadId, json, opened, log } = await running()
    await json({ type: 'threads.delete', params: { thread_id: threadId } })
    await expect(json({ type: 'threads.get_by_id', params: { thread_id: threadId } })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await log.find({ runId: opened.run.info.runId })).toBeUndefined()
  })

  test('a rename stays, also when the handler changes another field', async () => {
    const it = testServer()
    let goOn = () => {}
    const renamed = new Promise<void>((resolve) => {
      goOn = resolve
    })
    it.respond(async function* (turn) {
      yield { type: 'progress_update', text: 'Working' }
      await renamed
      turn.thread.metadata.step = 2
      yield* message(turn, ['done'])
    })
    const opened = await it.open(requests.create())
    const { threadId } = opened.run.info
    await it.json({ type: 'threads.update', params: { thread_id: threadId, title: 'Mine' } })
    goOn()
    await readRun(opened)
    expect(await it.store.loadThread(threadId, ALICE)).toMatchObject({ title: 'Mine', metadata: { step: 2 } })
  })
})

describe('users', () => {
  test("another user's thread, items and runs are not found", async () => {
    const { threadId, runId, server } = await running()
    const foreign = [
      { type: 'threads.get_by_id', params: { thread_id: threadId } },
      requests.message(threadId),
      { type: 'threads.update', params: { thread_id: threadId, title: 'x' } },
      requests.resume(runId),
      requests.stop(runId),
      { type: 'runs.resume', params: { thread_id: threadId } },
    ]
    for (const request of foreign) expect(await code(server.process(request, BOB))).toBe('not_found')
    expect(await server.process({ type: 'items.list', params: { thread_id: threadId } }, BOB)).toEqual({
      json: { data: [], has_more: false },
    })
  })

  test("deleting another user's thread touches nothing, not even its run", async () => {
    const { threadId, runId, server } = await running()
    await server.process({ type: 'threads.delete', params: { thread_id: threadId } }, BOB)
    expect((await server.runOf(runId, ALICE)).info.end).toBeUndefined()
    await server.process({ type: 'threads.get_by_id', params: { thread_id: threadId } }, ALICE)
  })
})

describe('going down', () => {
  test('takes no new runs, lets running ones finish, ends the rest as interrupted with their text kept', async () => {
    const { server, opened, items, threadId, open } = await running()
    const following = readRun(opened)
    const closing = server.close(10)
    expect(await code(open(requests.create()))).toBe('unavailable')
    await closing
    expect((await following).end).toMatchObject({ outcome: 'interrupted', error: { recoverable: true } })
    expect((await items(threadId))[1]).toMatchObject({ content: [{ text: 'one two ' }] })
  })
})
