import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { ChatKitError } from '@millrace/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RunEntry, RunLog } from '../log/run-log.ts'
import {
  eventsOf,
  eventsUntil,
  type PlainApp,
  type PlainAppOptions,
  paced,
  plainApp,
  textOf,
  WAYS,
} from '../testing/plain-app.ts'
import { ALICE, message, requests } from '../testing/test-server.ts'

const apps: PlainApp[] = []
const sockets: Socket[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const app of apps.splice(0)) await app.close()
})

async function start(options?: PlainAppOptions): Promise<PlainApp> {
  const app = await plainApp(options)
  apps.push(app)
  return app
}

const BODY = { message: 'Hi', message_id: 'm1' }

/** Counts what each reading takes out of the log, in bytes of data. */
function countReadings(log: RunLog): number[] {
  const taken: number[] = []
  const read = log.read.bind(log)
  log.read = (runId, after, signal) => {
    const index = taken.push(0) - 1
    return counted(read(runId, after, signal), (bytes) => {
      taken[index] = (taken[index] ?? 0) + bytes
    })
  }
  return taken
}

async function* counted(batches: AsyncIterable<RunEntry[]>, count: (bytes: number) => void) {
  for await (const batch of batches) {
    for (const entry of batch) if ('data' in entry) count(entry.data.length)
    yield batch
  }
}

const MEBIBYTE = 1024 * 1024

describe('a reader that does not read', () => {
  const TOKENS = Array.from({ length: 2400 }, (_, n) => `${n}:${'x'.repeat(10_000)} `)

  test('over a socket takes no more than fits on the way, holds up nobody, and misses nothing', async () => {
    const app = await start({ way: 'over a socket' })
    app.respond((turn) => message(turn, TOKENS))
    const taken = countReadings(app.log)
    const { url } = await app.get('/health')
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    sockets.push(socket)
    socket.pause()
    const body = JSON.stringify(BODY)
    const head = `POST /api/stream/message HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${body.length}`
    socket.write(`${head}\r\n\r\n${body}`)
    await expect.poll(() => taken.length).toBe(1)

    const text = textOf(await eventsOf(await app.get('/api/message/m1/stream')))
    expect(text).toBe(TOKENS.join(''))
    expect(taken[1]).toBeGreaterThan(24 * MEBIBYTE * 0.9)
    // The system keeps some megabytes for a socket; of the rest nothing has left the log.
    expect(taken[0]).toBeLessThan(12 * MEBIBYTE)

    let late = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      late += chunk
    })
    socket.resume()
    await once(socket, 'close')
    const frames = late.replace(/\r\n[0-9a-f]+\r\n/g, '').matchAll(/"token":"([^"]*)"/g)
    expect([...frames].map(([, token]) => token).join('')).toBe(text)
  })

  test('of a web-standard body takes a batch or two', async () => {
    const app = await start()
    app.respond((turn) => message(turn, TOKENS))
    await app.post('/api/message', BODY)
    const taken = countReadings(app.log)
    const response = await app.get('/api/message/m1/stream')
    const events = await eventsOf(await app.get('/api/message/m1/stream'))
    expect(textOf(events)).toBe(TOKENS.join(''))
    expect(taken[0]).toBeLessThan(MEBIBYTE)
    await response.body?.cancel()
  })
})

describe.each(WAYS)('%s', (way) => {
  describe('a comment line', () => {
    const minutes = (count: number) => vi.advanceTimersByTime(count * 60_000)

    test('comes in silence', async () => {
      const app = await start({ way })
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      const answer = paced(['one'])
      app.respond(answer.script)
      const response = await app.post('/api/stream/message', BODY)
      minutes(1)
      const reader = response.body?.getReader()
      const chunk = await reader?.read()
      expect(new TextDecoder().decode(chunk?.value)).toMatch(/^(: keep-alive\n\n)+$/)
      await reader?.cancel()
      answer.finish()
    })

    test('does not come while tokens do', async () => {
      const app = await start({ way })
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      const tokens = Array.from({ length: 20 }, (_, n) => `${n} `)
      const answer = paced(tokens)
      app.respond(answer.script)
      const response = await app.post('/api/stream/message', BODY)
      const reader = response.body?.getReader()
      let text = ''
      for (const token of tokens) {
        answer.next()
        while (!text.includes(`"${token}"`)) text += new TextDecoder().decode((await reader?.read())?.value)
        vi.advanceTimersByTime(7000)
      }
      expect(text).not.toContain('keep-alive')
      await reader?.cancel()
      answer.finish()
    })
  })

  describe('a log that fails in mid-answer', () => {
    async function failing() {
      const app = await start({ way })
      const answer = paced(['one ', 'two'])
      app.respond(answer.script)
      let fail = () => {}
      const failed = new Promise<never>((_, reject) => {
        fail = () => reject(new ChatKitError('unavailable', 'redis-7.internal is away'))
      })
      failed.catch(() => {})
      const read = app.log.read.bind(app.log)
      app.log.read = (runId, after, signal) => {
        const source = read(runId, after, signal)[Symbol.asyncIterator]()
        return { [Symbol.asyncIterator]: () => ({ next: () => Promise.race([source.next(), failed]) }) }
      }
      answer.next()
      return { app, answer, fail }
    }

    test.each(['message', 'buffered'])('ends the %s view with a cause that says to come back', async (view) => {
      const { app, answer, fail } = await failing()
      const response = await app.post(`/api/stream/${view}`, { ...BODY, buffer_size: 100, flush_ms: 60_000 })
      await expect
        .poll(async () => (await app.log.find({ messageId: 'm1', owner: 'alice' })) ?? {})
        .toMatchObject({
          tokens: 1,
        })
      fail()
      const events = await eventsOf(response)
      expect(textOf(events)).toBe('one ')
      expect(events.at(-1)).toMatchObject({
        id: undefined,
        data: { type: 'error', code: 'unavailable', recoverable: true },
      })
      expect(JSON.stringify(events)).not.toContain('redis-7')
      answer.finish()
    })

    test('cuts a ChatKit stream, which is resumed', async () => {
      const { app, answer, fail } = await failing()
      const response = await app.post('/chatkit', requests.create(), { 'last-event-id': '0' })
      const body = response.text()
      fail()
      await expect(body).rejects.toThrow()
      answer.finish()
    })
  })

  test('who leaves is no reader any more', async () => {
    const left = vi.fn()
    const app = await start({ way, server: { observer: { readerCame: () => ({ left }) } } })
    const answer = paced(['one'])
    app.respond(answer.script)
    const response = await app.post('/api/stream/buffered', { ...BODY, flush_ms: 5 })
    answer.next()
    await eventsUntil(response, (events) => events.length > 0)
    await expect.poll(() => left).toHaveBeenCalledTimes(1)
    answer.finish()
  })
})

test('a body that nobody pulls is given one comment line, and not one for every silence', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const app = await start()
  const answer = paced(['one'])
  app.respond(answer.script)
  const response = await app.post('/api/stream/message', BODY)
  vi.advanceTimersByTime(24 * 60 * 60_000)
  answer.finish()
  expect((await response.text()).match(/keep-alive/g)).toHaveLength(1)
})

test('a client that was gone before its run was open is known to be gone', async () => {
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const ends: unknown[] = []
  const app = await start({
    way: 'over a socket',
    server: { observer: { runEnded: ({ end }) => ends.push(end) } },
    app: {
      authenticate: ({ signal }) => {
        asked()
        return new Promise((resolve) => signal.addEventListener('abort', () => setImmediate(() => resolve(ALICE))))
      },
    },
  })
  app.respond(async function* (turn) {
    yield* message(turn, ['one'])
    await new Promise(() => {})
  })
  const leave = new AbortController()
  const body = JSON.stringify(requests.create())
  const response = app.call('/chatkit', { method: 'POST', body, signal: leave.signal })
  await isAsked
  leave.abort()
  await expect(response).rejects.toThrow()
  await expect.poll(() => ends).toEqual([{ outcome: 'stopped' }])
})
