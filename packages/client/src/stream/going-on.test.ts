/** A run that was left, or lost, is gone on with where it was: nothing is said twice, and the model runs once. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { mockStream } from '../testing/mock-stream.ts'
import { end, rawServer, token } from '../testing/raw-server.ts'
import { createStreamClient } from './create-stream-client.ts'
import type { StreamClient, StreamEvent, StreamOptions } from './types.ts'

function clientOf(options: StreamOptions): StreamClient {
  const client = createStreamClient({ retryDelay: 1, ...options })
  onTestFinished(() => client.close())
  return client
}

/** Says "Hel" and stays open, whoever asks first; then the rest behind what was heard. */
function helloInTwo() {
  return rawServer((call, number) => {
    if (call.route.endsWith('/stop')) return call.json({ status: 'stopped' })
    const events = [token(1, 'Hel'), token(2, 'lo'), end(3)]
    if (number === 0) call.sse(...events.slice(0, 1))
    else call.sse(...events.slice(Number(call.headers['last-event-id'] ?? 0))).end()
  })
}

async function untilHeard(client: StreamClient, text: string): Promise<void> {
  await expect.poll(() => client.getSnapshot().response).toBe(text)
}

describe('what was left by `close`', () => {
  test('goes on by `restore` behind what was heard: the text stays, and nothing is told twice', async () => {
    const server = await helloInTwo()
    const events: StreamEvent[] = []
    const client = clientOf({ url: server.url, onEvent: (event) => events.push(event) })
    const shown = new Set<string>()
    client.subscribe(() => shown.add(client.getSnapshot().response))
    const left = client.start('Hi', { messageId: 'm_1' })
    await untilHeard(client, 'Hel')
    client.close()
    expect(await left).toMatchObject({ response: 'Hel', isStreaming: false, outcome: undefined })
    expect(await client.restore()).toMatchObject({ response: 'Hello', outcome: 'completed', metrics: { tokens: 2 } })
    expect(server.routes()).toEqual(['POST /api/stream/message', 'GET /api/message/m_1/stream'])
    expect(events.map((event) => (event.type === 'token' ? event.token : event.type))).toEqual([
      ...['start', 'Hel', 'lo', 'complete'],
    ])
    expect([...shown]).toEqual(['', 'Hel', 'Hello'])
    expect(client.restore()).toBeUndefined()
  })

  test('is sent again under its name where the server may never have got it', async () => {
    const server = await rawServer((call, number) => {
      if (number > 0) call.sse(token(1, 'Hello'), end(2)).end()
    })
    const client = clientOf({ url: server.url })
    void client.start('Hi', { messageId: 'm_1', metadata: { a: 'b' } })
    await expect.poll(() => server.calls.length).toBe(1)
    client.close()
    expect(await client.restore()).toMatchObject({ response: 'Hello', outcome: 'completed' })
    expect(server.calls.map(({ body }) => body)).toEqual(Array(2).fill(server.calls[0]?.body))
  })

  test('can be stopped all the same', async () => {
    const server = await helloInTwo()
    const client = clientOf({ url: server.url })
    void client.start('Hi', { messageId: 'm_1' })
    await untilHeard(client, 'Hel')
    client.close()
    await client.stop()
    expect(server.routes().at(-1)).toBe('POST /api/message/m_1/stop')
    expect(client.getSnapshot()).toMatchObject({ response: 'Hel', outcome: 'stopped', error: null })
    expect(client.restore()).toBeUndefined()
  })

  test('is what the next message takes the place of', async () => {
    const server = await helloInTwo()
    const client = clientOf({ url: server.url })
    void client.start('Hi')
    await untilHeard(client, 'Hel')
    client.close()
    expect(await client.start('Again')).toMatchObject({ response: 'Hello', outcome: 'completed' })
    expect(client.restore()).toBeUndefined()
  })
})

test('what was lost by a failure goes on by `restore`, without another run', async () => {
  const server = await rawServer((call, number) => {
    const events = [token(1, 'Hel'), token(2, 'lo'), end(3)]
    if (number === 0) call.sse(token(1, 'Hel')).end()
    else if (number === 1) call.response.destroy()
    else call.sse(...events.slice(Number(call.headers['last-event-id'] ?? 0))).end()
  })
  const client = clientOf({ url: server.url, maxRetries: 1 })
  expect(await client.start('Hi')).toMatchObject({ response: 'Hel', outcome: 'failed', error: { type: 'network' } })
  expect(await client.restore()).toMatchObject({ response: 'Hello', outcome: 'completed', error: null })
  expect(server.routes().filter((route) => route.startsWith('POST'))).toHaveLength(1)
})

test('`close` leaves the one that is being stopped, and the one that waits for it', async () => {
  const server = await rawServer((call) => {
    if (!call.route.endsWith('/stop')) call.sse(token(1, 'Hel'))
  })
  const client = clientOf({ url: server.url })
  const first = client.start('Hi')
  await untilHeard(client, 'Hel')
  const second = client.start('Again')
  await expect.poll(() => server.calls.length).toBe(2)
  client.close()
  expect(await first).toMatchObject({ isStreaming: false })
  expect(await second).toMatchObject({ isStreaming: false, outcome: undefined })
  expect(server.routes().filter((route) => route.endsWith('/message'))).toHaveLength(1)
})

describe('other options', () => {
  test('count for the buffer at once, and for the rest with the next message', async () => {
    const [here, there] = [mockStream(['here'], { delay: 5 }), mockStream(['there'])]
    const client = clientOf({ fetch: here, bufferSize: 5 })
    const first = client.start('Hi')
    client.setOptions({ fetch: there, bufferSize: 20 })
    expect(client.getSnapshot().bufferSize).toBe(20)
    expect(await first).toMatchObject({ response: 'here' })
    expect(await client.start('Hi')).toMatchObject({ response: 'there' })
  })

  test.each<[string, StreamOptions]>([
    ['`bufferSize`', { bufferSize: Number.NaN }],
    ['`transport`', { transport: 'carrier-pigeon' as 'sse' }],
    ['`url`', { url: 'localhost:8000' }],
    ['`url`', { url: 'htp://chat.example.com' }],
    ['`maxRetries`', { maxRetries: Number.NaN }],
    ['`maxPending`', { maxPending: -1 }],
    ['`total`', { timeout: Number.NaN }],
    ['`firstToken`', { timeout: { firstToken: -1 } }],
  ])('that are wrong are refused by name, and change nothing: %s', async (name, wrong) => {
    expect(() => createStreamClient(wrong)).toThrow(name)
    const client = clientOf({ fetch: mockStream(['Hello']), bufferSize: 7 })
    expect(() => client.setOptions(wrong)).toThrow(TypeError)
    expect(await client.start('Hi')).toMatchObject({ response: 'Hello', bufferSize: 7 })
  })

  test('that are given as undefined are the defaults', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const timeout = { firstToken: undefined, total: undefined } as unknown as { total: number }
    const client = clientOf({ fetch: () => new Promise(() => {}), timeout, maxRetries: 0 })
    const ended = client.start('Hi')
    await vi.advanceTimersByTimeAsync(14_900)
    expect(client.getSnapshot().isStreaming).toBe(true)
    await vi.advanceTimersByTimeAsync(200)
    expect(await ended).toMatchObject({ error: { code: 'timeout_first_token' } })
  })
})
