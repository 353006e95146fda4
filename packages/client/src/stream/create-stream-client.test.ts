import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { mockStream } from '../testing/mock-stream.ts'
import { end, type RawCall, rawServer, token } from '../testing/raw-server.ts'
import { createStreamClient } from './create-stream-client.ts'
import type { StreamClient, StreamOptions } from './types.ts'

const TOKENS = ['Hel', 'lo ', 'there']
const TEXT = 'Hello there'

function clientOf(options: StreamOptions): StreamClient {
  const client = createStreamClient({ retryDelay: 1, ...options })
  onTestFinished(() => client.close())
  return client
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

interface OpenStream {
  say(...frames: string[]): void
  end(): void
  fail(): void
  after: string | null
  pulls: number
}

/** A fetch whose answers stay open: a test writes them. */
function openStreams() {
  const streams: OpenStream[] = []
  const fetch = async (_url: string, init: RequestInit) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const encoder = new TextEncoder()
    const stream = {
      after: new Headers(init.headers).get('last-event-id'),
      pulls: 0,
      say: (...frames: string[]) => controller?.enqueue(encoder.encode(frames.join(''))),
      end: () => controller?.close(),
      fail: () => controller?.error(new TypeError('network error')),
    }
    streams.push(stream)
    const body = new ReadableStream<Uint8Array>(
      {
        start(it) {
          controller = it
        },
        pull() {
          stream.pulls += 1
        },
      },
      { highWaterMark: 0 },
    )
    init.signal?.addEventListener('abort', () => controller?.error(init.signal?.reason))
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, streams }
}

describe('the state', () => {
  test('is idle before, streams from the call on, and is closed behind the end', async () => {
    const client = clientOf({ fetch: mockStream(TOKENS) })
    expect(client.getSnapshot()).toMatchObject({ response: '', isStreaming: false, connectionState: 'idle' })
    const ended = client.start('Hi', { messageId: 'm_1', threadId: 'thr_1' })
    expect(client.getSnapshot()).toMatchObject({
      ...{ isStreaming: true, connectionState: 'connecting', messageId: 'm_1', threadId: 'thr_1', method: 'streaming' },
    })
    const state = await ended
    expect(state).toBe(client.getSnapshot())
    expect(state).toMatchObject({ response: TEXT, isStreaming: false, connectionState: 'closed', outcome: 'completed' })
  })

  test('measures: tokens, time, speed, the time to the first token', async () => {
    const { metrics } = await clientOf({ fetch: mockStream(TOKENS, { delay: 5 }) }).start('Hi')
    expect(metrics).toMatchObject({ tokens: 3, resumes: 0 })
    expect(metrics.elapsedMs).toBeGreaterThanOrEqual(metrics.timeToFirstTokenMs ?? Number.NaN)
    expect(metrics.tokensPerSecond).toBeCloseTo((3 * 1000) / metrics.elapsedMs)
  })

  test('is the same object until something changes, and told once for all that came in a frame', async () => {
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch })
    const seen: string[] = []
    client.subscribe(() => seen.push(client.getSnapshot().response))
    const ended = client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    streams[0]?.say(...Array.from({ length: 50 }, (_, at) => token(at + 1, 'x')))
    await expect.poll(() => client.getSnapshot().response).toBe('x'.repeat(50))
    expect(client.getSnapshot()).toBe(client.getSnapshot())
    expect(new Set(seen)).toEqual(new Set(['', 'x'.repeat(50)]))
    streams[0]?.say(end(51))
    await ended
  })

  test('is up to date for who only looks', async () => {
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch })
    void client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    streams[0]?.say(token(1, 'Hel'))
    await expect.poll(() => client.getSnapshot().response).toBe('Hel')
    streams[0]?.say(token(2, 'lo'))
    await expect.poll(() => client.getSnapshot().response).toBe('Hello')
  })
})

describe('what is shown', () => {
  test('comes in as many tokens as the buffer holds, and the rest after a moment of silence', async () => {
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, bufferSize: 3, flushMs: 50 })
    const shown = new Set<string>()
    client.subscribe(() => shown.add(client.getSnapshot().response))
    void client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    for (let seq = 1; seq <= 4; seq += 1) {
      streams[0]?.say(token(seq, String(seq)))
      await expect.poll(() => client.getSnapshot().metrics.tokens >= 0 && streams[0]?.pulls).toBeGreaterThan(seq)
    }
    await expect.poll(() => [...shown]).toEqual(['', '123', '1234'])
  })

  test.each([
    ['high_latency', 20],
    ['local', 5],
    ['high_speed', 2],
    ['cpu_constrained', 10],
    ['unlimited', 1],
    [7, 7],
  ] as const)('has the size of its profile: %s', (bufferSize, size) => {
    expect(clientOf({ bufferSize }).getSnapshot().bufferSize).toBe(size)
  })

  test.each([0, 1001, Number.NaN])('refuses a size of %s', (bufferSize) => {
    expect(() => createStreamClient({ bufferSize })).toThrow('`bufferSize` is 1 to 1000')
  })

  test('is held back by a pause, and loses nothing', async () => {
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxPending: 10 })
    const tokens: string[] = []
    client.onToken(({ token }) => tokens.push(token))
    client.subscribe(() => {})
    const ended = client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    client.pause()
    expect(client.getSnapshot().isPaused).toBe(true)
    for (let seq = 1; seq <= 20; seq += 1) streams[0]?.say(token(seq, 'x'))
    await expect.poll(() => tokens.length).toBe(10)
    const pulls = streams[0]?.pulls
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([tokens.length, streams[0]?.pulls, client.getSnapshot().response]).toEqual([10, pulls, ''])
    client.resume()
    streams[0]?.say(end(21))
    expect(await ended).toMatchObject({ response: 'x'.repeat(20), isPaused: false, outcome: 'completed' })
  })

  test('stays held back where the run ends in the pause: the end is told when somebody reads on', async () => {
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch })
    client.subscribe(() => {})
    const heard: string[] = []
    client.onToken(({ token }) => heard.push(token))
    const ended = client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    streams[0]?.say(token(1, 'seen '))
    await expect.poll(() => client.getSnapshot().response).toBe('seen ')
    client.pause()
    streams[0]?.say(token(2, 'held'))
    streams[0]?.say(end(3))
    await expect.poll(() => heard).toEqual(['seen ', 'held'])
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(client.getSnapshot()).toMatchObject({ response: 'seen ', isStreaming: true, isPaused: true })
    client.resume()
    expect(await ended).toMatchObject({ response: 'seen held', isPaused: false, outcome: 'completed' })
  })

  test('ends a pause when it is stopped or left', async () => {
    const fetch = mockStream(TOKENS, { delay: 1 })
    const client = clientOf({ fetch })
    for (const leave of [() => client.stop(), () => client.close()]) {
      const ended = client.start('Hi')
      client.pause()
      await leave()
      expect(await ended).toMatchObject({ isPaused: false, isStreaming: false })
    }
  })
})

describe('one answer after the other', () => {
  test('a second start stops the first', async () => {
    const fetch = mockStream(TOKENS, { delay: 10_000 })
    const client = clientOf({ fetch })
    const first = client.start('One', { messageId: 'm_1' })
    await expect.poll(() => fetch.runs).toBe(1)
    const second = client.start('Two', { messageId: 'm_2' })
    expect(await first).toMatchObject({ messageId: 'm_1', outcome: 'stopped' })
    await expect.poll(() => client.getSnapshot()).toMatchObject({ messageId: 'm_2', isStreaming: true })
    await client.stop()
    expect(await second).toMatchObject({ messageId: 'm_2', outcome: 'stopped' })
  })

  test('an answer that was left can be taken up again at once', async () => {
    const fetch = mockStream(TOKENS, { delay: 200 })
    const client = clientOf({ fetch })
    const left = client.start('Hi', { messageId: 'm_1' })
    await expect.poll(() => fetch.runs).toBe(1)
    client.close()
    const again = client.attach('m_1')
    expect(await left).toMatchObject({ outcome: undefined })
    expect(await again).toMatchObject({ response: TEXT, outcome: 'completed' })
    expect(fetch.runs).toBe(1)
  })

  test('of many starts in a row only the last is answered', async () => {
    const fetch = mockStream(TOKENS, { delay: 5 })
    const client = clientOf({ fetch })
    const ends = await Promise.all(['1', '2', '3', '4'].map((text) => client.start(text)))
    expect(ends.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'stopped', 'completed'])
    const sent = fetch.calls.filter(({ path }) => path === '/api/stream/message').map(({ body }) => body)
    expect(sent.at(-1)).toMatchObject({ message: '4' })
    expect(client.getSnapshot()).toMatchObject({ response: TEXT, isStreaming: false })
  })

  test('an answer that was left is taken up again at once, as StrictMode does', async () => {
    const fetch = mockStream(TOKENS, { delay: 1 })
    const client = clientOf({ fetch })
    const left = client.start('Hi', { messageId: 'm_1' })
    client.close()
    const again = client.start('Hi', { messageId: 'm_1' })
    expect(await left).toMatchObject({ outcome: undefined, isStreaming: false })
    expect(await again).toMatchObject({ response: TEXT, outcome: 'completed' })
    expect(fetch.runs).toBe(1)
  })

  test('the same message id again is the same answer', async () => {
    const fetch = mockStream(TOKENS, { delay: 1 })
    const client = clientOf({ fetch })
    const [one, two] = await Promise.all([0, 1].map(() => client.start('Hi', { messageId: 'm_1' })))
    expect(one).toBe(two)
    expect(fetch.calls).toHaveLength(1)
  })
})

describe('stop', () => {
  test('before the request was answered reaches the run as soon as there is one', async () => {
    let start: RawCall | undefined
    let stream: ServerResponse | undefined
    const server = await rawServer((call) => {
      if (!call.route.endsWith('/stop')) start = call
      else if (!stream) call.fail(404, 'not_found')
      else {
        call.json({ message_id: 'm_1', status: 'stopped' })
        stream.end(end(1, { type: 'cancelled' }))
      }
    })
    const client = clientOf({ url: server.url })
    const ended = client.start('Hi', { messageId: 'm_1' })
    await expect.poll(() => start).toBeDefined()
    const stopped = client.stop()
    await expect.poll(() => server.calls.length).toBeGreaterThan(1)
    expect(client.getSnapshot().isStreaming).toBe(true)
    stream = start?.sse()
    await stopped
    expect(stream?.writableEnded).toBe(true)
    expect(await ended).toMatchObject({ response: '', outcome: 'stopped', error: null })
  })

  test('of a message that never arrived ends here', async () => {
    const server = await rawServer((call) => {
      if (call.route.endsWith('/stop')) call.fail(404, 'not_found')
      else call.response.destroy()
    })
    const client = clientOf({ url: server.url, retryDelay: 200 })
    const ended = client.start('Hi')
    await expect.poll(() => client.getSnapshot().attempt).toBe(1)
    await client.stop()
    expect(await ended).toMatchObject({ outcome: 'stopped', isStreaming: false, error: null })
    expect(server.routes().filter((route) => route.endsWith('/message')).length).toBeLessThanOrEqual(2)
  })

  test('that can not be told to the server says so', async () => {
    const server = await rawServer((call) => {
      if (call.route.endsWith('/stop')) call.response.destroy()
      else call.sse(token(1, 'Hel'))
    })
    const client = clientOf({ url: server.url, maxRetries: 1 })
    const ended = client.start('Hi')
    await expect.poll(() => client.getSnapshot().response).toBe('Hel')
    await client.stop()
    expect(await ended).toMatchObject({ response: 'Hel', outcome: 'stopped', error: { type: 'network' } })
  })

  test('without an answer under way does nothing', async () => {
    const client = clientOf({ fetch: mockStream(TOKENS) })
    await client.stop()
    expect(client.getSnapshot().connectionState).toBe('idle')
  })
})

describe('a machine', () => {
  /** The browser's word about the network, in the hands of a test. */
  function network() {
    const target = new EventTarget()
    const navigator = { onLine: true }
    vi.stubGlobal('navigator', navigator)
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    return (onLine: boolean) => {
      navigator.onLine = onLine
      target.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
    }
  }

  test('that was offline goes on at once when it is back, however many tries it missed', async () => {
    const setOnline = network()
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxRetries: 0 })
    const ended = client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    streams[0]?.say(token(1, 'Hel'))
    await expect.poll(() => client.getSnapshot().response).toBe('Hel')
    setOnline(false)
    await expect.poll(() => client.getSnapshot().connectionState).toBe('offline')
    streams[0]?.fail()
    await expect.poll(() => client.getSnapshot().connectionState).toBe('offline')
    setOnline(true)
    await expect.poll(() => streams.length).toBe(2)
    expect(streams[1]?.after).toBe('1')
    streams[1]?.say(token(2, 'lo'), end(3))
    expect(await ended).toMatchObject({ response: 'Hello', outcome: 'completed', metrics: { resumes: 1 } })
  })

  test('whose connection hung while it was offline takes a new one', async () => {
    const setOnline = network()
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxRetries: 0 })
    const ended = client.start('Hi')
    await expect.poll(() => streams.length).toBe(1)
    setOnline(false)
    setOnline(true)
    await expect.poll(() => streams.length).toBe(2)
    streams[1]?.say(token(1, 'Hello'), end(2))
    expect(await ended).toMatchObject({ response: 'Hello', outcome: 'completed' })
  })

  test('that slept for an hour resumes, and none of its limits have passed', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxRetries: 0 })
    const ended = client.start('Hi')
    await vi.advanceTimersByTimeAsync(10)
    streams[0]?.say(token(1, 'Hel'))
    await vi.advanceTimersByTimeAsync(1000)
    // timers stand still while the machine sleeps, the clock does not
    vi.setSystemTime(Date.now() + 3_600_000)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(streams.map(({ after }) => after)).toEqual([null, '1'])
    streams[1]?.say(token(2, 'lo'), end(3))
    await vi.advanceTimersByTimeAsync(100)
    expect(await ended).toMatchObject({ response: 'Hello', outcome: 'completed', error: null })
  })

  test.each<[string, (stream: OpenStream) => void]>([
    ['the connection is reset', (stream) => stream.fail()],
    ['the first words come', (stream) => stream.say(token(1, 'Hel'))],
  ])('that wakes up and finds that %s goes on', async (_what, happens) => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch })
    const ended = client.start('Hi')
    await vi.advanceTimersByTimeAsync(10)
    vi.setSystemTime(Date.now() + 3_600_000)
    happens(streams[0] as OpenStream)
    await vi.advanceTimersByTimeAsync(10_000)
    const last = streams.at(-1)
    last?.say(token(2, 'lo'), end(3))
    await vi.advanceTimersByTimeAsync(100)
    expect(await ended).toMatchObject({ outcome: 'completed', error: null })
  })

  test('whose clock is set back still notices silence', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxRetries: 0 })
    const ended = client.start('Hi')
    await vi.advanceTimersByTimeAsync(10)
    streams[0]?.say(token(1, 'Hel'))
    await vi.advanceTimersByTimeAsync(10)
    vi.setSystemTime(Date.now() - 3_600_000)
    await vi.advanceTimersByTimeAsync(40_000)
    expect(await ended).toMatchObject({ outcome: 'failed', error: { code: 'timeout_between_tokens' } })
  })

  test('that knows of no network still reaches a server on it', async () => {
    network()(false)
    const server = await rawServer((call, number) => {
      if (number === 0) call.fail(503, 'unavailable', {}, { 'retry-after': '0' })
      else call.sse(token(1, 'Hello'), end(2)).end()
    })
    expect(await clientOf({ url: server.url }).start('Hi')).toMatchObject({ response: 'Hello', outcome: 'completed' })
  })

  test('that is offline looks every few seconds whether that is true', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    network()(false)
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch, maxRetries: 0 })
    const ended = client.start('Hi')
    await vi.advanceTimersByTimeAsync(10)
    streams[0]?.fail()
    await vi.advanceTimersByTimeAsync(10)
    expect(client.getSnapshot()).toMatchObject({ connectionState: 'offline', isStreaming: true })
    await vi.advanceTimersByTimeAsync(5000)
    streams[1]?.say(token(1, 'Hello'), end(2))
    await vi.advanceTimersByTimeAsync(10)
    expect(await ended).toMatchObject({ response: 'Hello', outcome: 'completed' })
  })

  test('that gets tokens faster than it can show them gives up after all of the time, too', async () => {
    let number = 0
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          number += 1
          controller.enqueue(new TextEncoder().encode(token(number, 'x')))
        },
      })
    const fetch = async () => new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
    const client = clientOf({ fetch, timeout: 200 })
    client.subscribe(() => {})
    expect(await client.start('Hi')).toMatchObject({ outcome: 'failed', error: { code: 'timeout_total' } })
  })

  test('that is awake gives up after all of the time', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { fetch, streams } = openStreams()
    const client = clientOf({ fetch })
    const ended = client.start('Hi')
    for (let second = 1; second <= 299; second += 1) {
      await vi.advanceTimersByTimeAsync(1000)
      streams[0]?.say(token(second, 'x'))
    }
    await vi.advanceTimersByTimeAsync(1000)
    expect(await ended).toMatchObject({ outcome: 'failed', error: { type: 'timeout', code: 'timeout_total' } })
    expect(client.getSnapshot().response.length).toBeGreaterThan(290)
  })

  test.each([
    ['high_latency', 20, { navigator: { connection: { effectiveType: '3g' } } }],
    ['high_latency', 20, { navigator: { connection: { effectiveType: '4g', rtt: 450 } } }],
  ] as const)('with a slow network shows lumps (%s)', async (_profile, size, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    const client = clientOf({ fetch: mockStream(Array(100).fill('x'), { delay: 4 }) })
    client.subscribe(() => {})
    expect(await client.start('Hi')).toMatchObject({ bufferSize: size, response: 'x'.repeat(100) })
  })

  test('shows more at once the faster the model is', async () => {
    const sizes = new Set<number>()
    const client = clientOf({ fetch: mockStream(Array(400).fill('x'), { delay: 1 }) })
    client.subscribe(() => sizes.add(client.getSnapshot().bufferSize))
    await client.start('Hi')
    expect([...sizes][0]).toBe(1)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
  })
})

describe('a reload', () => {
  /** What `sessionStorage` is to one tab. */
  function storage(): Map<string, string> {
    const entries = new Map<string, string>()
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => entries.set(key, value),
      removeItem: (key: string) => entries.delete(key),
    })
    return entries
  }

  test('goes on with the message that is under way', async () => {
    const entries = storage()
    const fetch = mockStream(TOKENS, { delay: 20 })
    const before = clientOf({ fetch, resumeKey: 'chat' })
    void before.start('Hi', { messageId: 'm_1' })
    await expect.poll(() => before.getSnapshot().response).toBe('Hel')
    before.close()
    const state = await clientOf({ fetch, resumeKey: 'chat' }).restore()
    expect(state).toMatchObject({ response: TEXT, messageId: 'm_1', outcome: 'completed' })
    expect(fetch.runs).toBe(1)
    expect(entries.size).toBe(0)
  })

  test('sends the message that had not arrived yet, with all its options', async () => {
    storage()
    const options = { messageId: 'm_1', threadId: 'thr_1', metadata: { tone: 'kind' } }
    const before = clientOf({ fetch: () => new Promise(() => {}), resumeKey: 'chat' })
    void before.start('Hi', options)
    before.close()
    const fetch = mockStream(TOKENS)
    expect(await clientOf({ fetch, resumeKey: 'chat' }).restore()).toMatchObject({ response: TEXT })
    expect(fetch.calls[0]?.body).toEqual({
      message: 'Hi',
      message_id: 'm_1',
      thread_id: 'thr_1',
      metadata: { tone: 'kind' },
    })
  })

  test('has nothing to go on with behind the end, or where nothing is kept', async () => {
    const entries = storage()
    const client = clientOf({ fetch: mockStream(TOKENS), resumeKey: 'chat' })
    await client.start('Hi')
    expect(client.restore()).toBeUndefined()
    entries.set('chat', 'no JSON')
    expect(client.restore()).toBeUndefined()
    vi.unstubAllGlobals()
    expect(clientOf({ resumeKey: 'chat' }).restore()).toBeUndefined()
  })
})

test('debug logs what happens, with a summary, and never what is said', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(line))
  await clientOf({ fetch: mockStream(TOKENS, { failAfter: 1 }), debug: true }).start('Hi', { messageId: 'm_1' })
  await expect
    .poll(() => lines.at(-1))
    .toMatch(/^\[Stream\] m_1 completed: 3 tokens in \d+ ms, .*1 resumes, streaming$/)
  expect(lines.every((line) => line.startsWith('[Stream] '))).toBe(true)
  expect(lines.join()).toContain('connection_lost: try 1 in')
  expect(lines.join()).not.toContain('Hel')
})
