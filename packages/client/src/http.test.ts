import { afterEach, describe, expect, test } from 'vitest'
import { httpTransport } from './http.ts'
import { resuming } from './resuming.ts'
import { added, answer, delta, numbered, plain } from './testing/answers.ts'
import { type MakeTransport, transportContract } from './testing/transport-contract.ts'
import { frame, type WireServer, wireServer } from './testing/wire-server.ts'
import type { RunRequest, SequencedEvent, Transport } from './transport.ts'

const over =
  (wrap: (transport: Transport) => Transport): MakeTransport =>
  async (answer) => {
    let open = 0
    const server = await wireServer(
      new Proxy<WireServer['on']>(
        {},
        {
          get: () => (call: WireServer['calls'][number]) => {
            const served = answer(call)
            if ('json' in served) return call.json(served.json)
            if ('nothing' in served) return call.response.writeHead(204).end()
            if ('error' in served) {
              const { status, code, message, runId } = served.error
              return call.fail(status, code, { error: message, run_id: runId })
            }
            open++
            call.response.on('close', () => open--)
            call.open(served.runId, served.status).write(...served.events)
            if (!served.hangs) call.end()
          },
        },
      ),
    )
    return {
      transport: wrap(httpTransport({ url: server.url })),
      received: () =>
        server.calls.map(({ body, headers }) => ({
          request: body,
          messageId: headers['idempotency-key'] as string | undefined,
        })),
      openStreams: () => open,
      close: server.close,
    }
  }

describe('httpTransport', () => transportContract(over((transport) => transport)))
describe('resuming(httpTransport)', () => transportContract(over((transport) => resuming(transport))))

describe('over HTTP', () => {
  let server: WireServer
  afterEach(() => server.close())

  const SEND: RunRequest = {
    type: 'threads.create',
    params: { input: { content: [], attachments: [], quoted_text: '', inference_options: {} } },
  }
  const signal = new AbortController().signal

  async function read(transport: Transport): Promise<SequencedEvent[]> {
    const entries: SequencedEvent[] = []
    for await (const entry of (await transport.stream(SEND, { signal })) ?? []) entries.push(entry)
    return entries
  }

  test('fetch is called with an address and a plain object of headers, which the page may spread', async () => {
    server = await wireServer({ 'threads.list': (call) => call.json({ data: [] }) })
    const seen: [string, RequestInit][] = []
    const transport = httpTransport({
      url: server.url,
      fetch(url, init) {
        seen.push([url, init])
        return fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), 'X-Page': 'yes' } })
      },
      headers: async () => ({ Authorization: 'Bearer key' }),
      language: () => 'de',
    })
    await transport.request({ type: 'threads.list', params: { order: 'desc' } })
    expect(seen[0]?.[0]).toBe(server.url)
    expect(Object.getPrototypeOf(seen[0]?.[1].headers)).toBe(Object.prototype)
    expect(server.calls[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-language': 'de',
      authorization: 'Bearer key',
      'x-page': 'yes',
    })
    expect(server.calls[0]?.body).toEqual({ type: 'threads.list', params: { order: 'desc' } })
  })

  test('a streaming request says that it can resume, a resumption does not', async () => {
    server = await wireServer({
      'threads.create': (call) => call.open().end(),
      'runs.resume': (call) => call.open().end(),
    })
    const transport = httpTransport({ url: server.url })
    await transport.stream(SEND, { signal, messageId: 'msg_1' })
    await transport.stream({ type: 'runs.resume', params: { run_id: 'run_1', after: 3 } }, { signal })
    expect(server.calls[0]?.headers).toMatchObject({
      accept: 'text/event-stream',
      'last-event-id': '0',
      'idempotency-key': 'msg_1',
    })
    expect(server.calls[1]?.headers['last-event-id']).toBeUndefined()
  })

  test('bytes cut anywhere, in a character or between CR and LF, are the same events', async () => {
    const events = numbered([added(answer('m1', '')), delta('m1', 'Grüße 👋 '), delta('m1', '日本語')])
    const wire = Buffer.from(`: hello\r\nretry: 5\r\n\r\n${events.map(frame).join('').replaceAll('\n', '\r\n')}`)
    server = await wireServer({})
    for (const size of [1, 2, 3, 7]) {
      server.on['threads.create'] = async ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let at = 0; at < wire.length; at += size) {
          response.write(wire.subarray(at, at + size))
          // every piece a packet of its own
          if (at % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        response.end()
      }
      expect(await read(httpTransport({ url: server.url }))).toEqual(events)
    }
  })

  test('a last record without its blank line counts when it is whole, and breaks the stream when it is not', async () => {
    const [first, second] = plain([delta('m1', 'one'), delta('m1', 'two')])
    if (!first || !second) throw new Error('two events')
    server = await wireServer({
      'threads.create': ({ response }) => response.writeHead(200).end(`${frame(first)}${frame(second).trimEnd()}`),
    })
    expect(await read(httpTransport({ url: server.url }))).toEqual([first, second])
    server.on['threads.create'] = ({ response }) =>
      response.writeHead(200).end(`${frame(first)}${frame(second).slice(0, 30)}`)
    await expect(read(httpTransport({ url: server.url }))).rejects.toMatchObject({ code: 'unavailable', status: 0 })
  })

  test.each([
    [
      'a web page',
      200,
      'text/html',
      '<!doctype html><title>Hi</title>',
      'server_error',
      /not what ChatKit sends.*text\/html/,
    ],
    [
      'a web page that is an error',
      502,
      'text/html',
      '<h1>Bad gateway</h1>',
      'unavailable',
      /HTTP 502, with a web page/,
    ],
    ['plain text', 500, 'text/plain', 'Internal Server Error', 'server_error', /HTTP 500/],
    ['JSON where a stream is due', 200, 'application/json', '{}', 'server_error', /not what ChatKit sends/],
    ["FastAPI's JSON", 422, 'application/json', '{"detail":"No such field"}', 'invalid_request', /^No such field$/],
    ["an API's JSON", 401, 'application/json', '{"error":{"message":"Bad key"}}', 'auth_error', /^Bad key$/],
  ])('%s as the answer is a clear error', async (_, status, type, body, code, message) => {
    server = await wireServer({ 'threads.create': (call) => call.text(status, type, body) })
    const thrown = await read(httpTransport({ url: server.url })).catch((error) => error)
    expect(thrown).toMatchObject({ name: 'ChatKitError', code })
    expect(thrown.message).toMatch(message)
  })

  test('an answer to a JSON request that is no JSON is a clear error', async () => {
    server = await wireServer({ 'threads.list': (call) => call.text(200, 'text/html', '<p>login</p>') })
    const asked = httpTransport({ url: server.url }).request({ type: 'threads.list', params: { order: 'desc' } })
    await expect(asked).rejects.toMatchObject({ code: 'server_error', message: expect.stringContaining('text/html') })
  })

  test('a server that is not there is a clear error without a status', async () => {
    server = await wireServer({})
    await server.close()
    await expect(read(httpTransport({ url: server.url }))).rejects.toMatchObject({ code: 'unavailable', status: 0 })
    server = await wireServer({})
  })

  test('Retry-After comes in seconds or as a date', async () => {
    server = await wireServer({
      'threads.create': (call) => call.fail(429, 'rate_limited', {}, { 'retry-after': '7' }),
    })
    await expect(read(httpTransport({ url: server.url }))).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 7000,
    })
    const date = new Date(Date.now() + 60_000).toUTCString()
    server.on['threads.create'] = (call) => call.fail(503, 'unavailable', {}, { 'retry-after': date })
    const thrown = await read(httpTransport({ url: server.url })).catch((error) => error)
    expect(thrown.retryAfterMs).toBeGreaterThan(57_000)
    expect(thrown.retryAfterMs).toBeLessThanOrEqual(60_000)
  })
})
