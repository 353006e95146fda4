import { ChatKitError } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import type { StartLimit } from './options.ts'
import {
  ALICE,
  BOB,
  deltas,
  message,
  readRun,
  requests,
  says,
  type TestUser,
  testServer,
} from './testing/test-server.ts'
import type { Turn } from './turn.ts'

/** Tokens, then silence until the turn is aborted. */
async function* hangsAfter(turn: Turn<TestUser>, tokens: string[]) {
  yield* message(turn, withSilence(turn, tokens))
}

async function* withSilence(turn: Turn<TestUser>, tokens: string[]) {
  yield* tokens
  await new Promise<void>((resolve) => turn.signal.addEventListener('abort', () => resolve()))
}

function endless(turn: Turn<TestUser>) {
  return message(
    turn,
    (async function* () {
      while (!turn.signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        yield 'on '
      }
    })(),
  )
}

describe('a handler that hangs', () => {
  test('before its first event is ended, and its signal aborted', async () => {
    let aborted: unknown
    const it = testServer({ timeouts: { firstTokenMs: 20 } })
    it.respond(async function* (turn) {
      await new Promise<void>((resolve) => turn.signal.addEventListener('abort', () => resolve()))
      aborted = turn.signal.aborted
      yield* []
    })
    const { end, events } = await it.read(requests.create())
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'timeout_first_token', recoverable: true } })
    expect(events.at(-1)).toEqual({ type: 'error', code: 'stream.error', allow_retry: true })
    await expect.poll(() => aborted).toBe(true)
  })

  test('between two tokens is ended, and what it had said is kept', async () => {
    const it = testServer({ timeouts: { betweenTokensMs: 20 } })
    it.respond((turn) => hangsAfter(turn, ['one ', 'two ']))
    const { end, runId } = await it.read(requests.create())
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'timeout_between_tokens', recoverable: true } })
    const { threadId } = (await it.server.runOf(runId, ALICE)).info
    expect((await it.items(threadId)).at(-1)).toMatchObject({ content: [{ text: 'one two ' }] })
  })

  test('says on and on is ended when its time is up', async () => {
    const it = testServer({ timeouts: { betweenTokensMs: 10_000, totalMs: 60 } })
    it.respond(endless)
    const { end, events } = await it.read(requests.create())
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'timeout_total', recoverable: true } })
    expect(deltas(events)).toMatch(/^(on )+$/)
  })

  test('any event is a sign of life, not only text', async () => {
    const it = testServer({ timeouts: { firstTokenMs: 300, betweenTokensMs: 300 } })
    it.respond(async function* (turn) {
      for (let step = 0; step < 20; step += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        yield { type: 'progress_update', text: `step ${step}` }
      }
      yield* message(turn, ['done'])
    })
    expect((await it.read(requests.create())).end).toEqual({ outcome: 'completed' })
  })

  test('a stop still counts as a stop', async () => {
    const it = testServer({ timeouts: { firstTokenMs: 10_000 } })
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const opened = await it.open(requests.create())
    await readRun(opened, 4)
    expect(await opened.run.stop()).toEqual({ outcome: 'stopped' })
  })
})

describe('limits', () => {
  test('more runs than MAX_RUNS are told to come back, and repeats of a running one still join', async () => {
    const it = testServer({ maxRuns: 2 })
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const client = { messageId: 'm-1', resumes: true }
    const first = await it.open(requests.create(), { client })
    await it.open(requests.create('two'))
    await expect(it.open(requests.create('three'))).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 2000 })
    expect((await it.open(requests.create(), { client })).started).toBe(false)
    await first.run.stop()
    await it.server.close(0)
  })

  test('requests that start together do not slip past the limit', async () => {
    const it = testServer({ maxRuns: 3 })
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const starts = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => it.open(requests.create(`${n}`))))
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(it.server.activeRuns).toBe(3)
    await it.server.close(0)
  })

  test('0 is no limit', async () => {
    const it = testServer({ maxRuns: 0 })
    await Promise.all(Array.from({ length: 20 }, () => it.read(requests.create())))
  })

  test('a run has only so many readers, and one that leaves makes room', async () => {
    const it = testServer({ maxReaders: 2 })
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const { run } = await it.open(requests.create())
    const leaving = new AbortController()
    const staying = new AbortController()
    run.read(0, leaving.signal)
    const second = run.read(0, staying.signal)[Symbol.asyncIterator]()
    expect(() => run.read(0, staying.signal)).toThrow(expect.objectContaining({ code: 'rate_limited' }))
    leaving.abort()
    run.read(0, leaving.signal)
    const third = run.read(0, staying.signal)
    await second.return?.()
    run.read(0, staying.signal)
    expect(third).toBeDefined()
    await run.stop()
  })

  test('readers that have read to the end are none any more', async () => {
    const it = testServer({ maxReaders: 1 })
    const { runId } = await it.read(requests.create())
    for (let n = 0; n < 3; n += 1) await readRun(await it.open(requests.resume(runId)))
  })

  test('a start counts when it started a run, and not when it joined one or was refused', async () => {
    let taken = 0
    const startLimit: StartLimit = {
      async take(owner) {
        if (owner === 'bob') throw new ChatKitError('rate_limited', 'Wait a minute.', { retryAfterMs: 60_000 })
        taken += 1
        return {
          giveBack: async () => {
            taken -= 1
          },
        }
      },
    }
    const it = testServer({ startLimit })
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const client = { messageId: 'm-1', resumes: true }
    const { run } = await it.open(requests.create(), { client })
    await it.open(requests.create(), { client })
    await expect(it.open(requests.message(run.info.threadId))).rejects.toMatchObject({ code: 'run_in_progress' })
    await expect(it.open(requests.message('nowhere'))).rejects.toMatchObject({ code: 'not_found' })
    expect(taken).toBe(1)
    await expect(it.open(requests.create(), { user: BOB })).rejects.toMatchObject({ code: 'rate_limited' })
    await run.stop()
  })

  test('many that come at once with one message id are one start', async () => {
    let left = 1
    const startLimit: StartLimit = {
      async take() {
        await new Promise((resolve) => setImmediate(resolve))
        if (left === 0) throw new ChatKitError('rate_limited', 'Wait a minute.')
        left -= 1
        return { giveBack: async () => {} }
      },
    }
    const it = testServer({ startLimit })
    const client = { messageId: 'm-1', resumes: true }
    const readings = await Promise.all(Array.from({ length: 50 }, () => it.read(requests.create(), { client })))
    expect(new Set(readings.map(({ events }) => deltas(events)))).toEqual(new Set(['Hello there']))
  })

  test('a start that is refused leaves nothing behind: its message id and its thread are free', async () => {
    let isRefused = true
    const startLimit: StartLimit = {
      async take() {
        if (isRefused) throw new ChatKitError('rate_limited', 'Wait a minute.')
        return { giveBack: async () => {} }
      },
    }
    const it = testServer({ startLimit })
    const client = { messageId: 'm-1', resumes: true }
    await expect(it.open(requests.create(), { client })).rejects.toMatchObject({ code: 'rate_limited' })
    expect((await it.store.listThreads({ limit: 5, order: 'asc' }, ALICE)).data).toEqual([])
    isRefused = false
    expect(deltas((await it.read(requests.create(), { client })).events)).toBe('Hello there')
  })

  test('a server that drains takes no new runs, and lets the running ones be joined, read and stopped', async () => {
    const it = testServer()
    it.respond((turn) => hangsAfter(turn, ['one ']))
    const client = { messageId: 'm-1', resumes: true }
    const { run } = await it.open(requests.create(), { client })
    const closed = it.server.close(60_000)
    expect(it.server.isDraining).toBe(true)
    await expect(it.open(requests.create('two'))).rejects.toMatchObject({ code: 'unavailable' })
    const joined = await it.open(requests.create(), { client })
    const reading = readRun(joined)
    expect(await run.stop()).toEqual({ outcome: 'stopped' })
    expect((await reading).end).toEqual({ outcome: 'stopped' })
    await closed
  })

  test('what still runs when the grace is over is interrupted, its text kept', async () => {
    const it = testServer()
    it.respond((turn) => hangsAfter(turn, ['one ', 'two ']))
    const opened = await it.open(requests.create())
    await readRun(opened, 5)
    await it.server.close(0)
    expect((await readRun(opened)).end).toMatchObject({ outcome: 'interrupted', error: { recoverable: true } })
    expect((await it.items(opened.run.info.threadId))[1]).toMatchObject({ content: [{ text: 'one two ' }] })
  })
})

test('the observer hears of readers, resumes and stops', async () => {
  const heard: string[] = []
  const it = testServer({
    observer: {
      readerCame: (_, after) => {
        heard.push(`came ${after}`)
        return { left: () => heard.push('left') }
      },
      runStopped: () => heard.push('stop'),
    },
  })
  it.respond(says('one two'))
  const { runId } = await it.read(requests.create())
  await readRun(await it.open(requests.resume(runId, 3)))
  await it.json(requests.stop(runId))
  expect(heard).toEqual(['came 0', 'left', 'came 3', 'left'])
  it.respond((turn) => hangsAfter(turn, ['one ']))
  await (await it.open(requests.create())).run.stop()
  expect(heard.at(-1)).toBe('stop')
})
