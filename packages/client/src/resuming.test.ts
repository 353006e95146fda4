import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { NetworkState } from './backoff.ts'
import { httpTransport } from './http.ts'
import { resuming } from './resuming.ts'
import { created, done, ended, mayStop, numbered, plain, spoken, userMessage } from './testing/answers.ts'
import { until } from './testing/until.ts'
import { type Call, type WireServer, wireServer } from './testing/wire-server.ts'
import type { Connection, RunRequest, SequencedEvent } from './transport.ts'

const SEND: RunRequest = {
  type: 'threads.create',
  params: { input: { content: [], attachments: [], quoted_text: '', inference_options: {} } },
}
const RUN = [
  created(),
  done(userMessage('msg_1', 'Hi')),
  mayStop(),
  ...spoken('msg_2', 'one two three four five six'),
  ended(),
] as const
const LOG = numbered(RUN)
const QUICK = { baseMs: 1 }

describe('a stream of a server that keeps runs', () => {
  let server: WireServer
  afterEach(() => server.close())

  /** Serves the log from behind `after` and cuts the connection when as many entries as `cuts` says have gone out. */
  function serveWithCuts(cuts: number[]) {
    const left = [...cuts]
    const serve = (call: Call) => {
      const after = Number(call.params.after ?? 0)
      const rest = LOG.slice(after)
      const cut = left.shift()
      call.open('run_1', 'running')
      if (cut === undefined || cut >= rest.length) return call.end(...rest)
      call.write(...rest.slice(0, cut))
      // what was written is on its way before the connection breaks
      setTimeout(() => call.cut(), 3)
    }
    return { 'threads.create': serve, 'runs.resume': serve }
  }

  async function read(options = {}, hooks: { onConnection?: (connection: Connection) => void } = {}) {
    const transport = resuming(httpTransport({ url: server.url }), { ...QUICK, ...options })
    const entries: SequencedEvent[] = []
    const stream = await transport.stream(SEND, {
      signal: new AbortController().signal,
      messageId: 'msg_name',
      ...hooks,
    })
    for await (const entry of stream ?? []) entries.push(entry)
    return entries
  }

  test('cut after any entry and resumed, it gives what the uncut one gives', async () => {
    server = await wireServer({})
    for (let cut = 0; cut < LOG.length; cut++) {
      server.calls.length = 0
      Object.assign(server.on, serveWithCuts([cut]))
      expect(await read()).toEqual(LOG)
      expect(server.calls.map(({ type, params }) => [type, params.run_id, params.after])).toEqual([
        ['threads.create', undefined, undefined],
        ['runs.resume', 'run_1', cut],
      ])
    }
  })

  test('cut any number of times in any places, it gives what the uncut one gives', async () => {
    server = await wireServer({})
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }), async (cuts) => {
        Object.assign(server.on, serveWithCuts(cuts))
        expect(await read()).toEqual(LOG)
      }),
      { numRuns: 25 },
    )
  })

  test('a body that ends cleanly but before the run is a cut one', async () => {
    server = await wireServer({
      'threads.create': (call) => call.open('run_1').end(...LOG.slice(0, 4)),
      'runs.resume': (call) => call.open('run_1').end(...LOG.slice(4)),
    })
    expect(await read()).toEqual(LOG)
  })

  test('entries that a server repeats arrive once', async () => {
    server = await wireServer({
      'threads.create': (call) => call.open('run_1').end(...LOG.slice(0, 4)),
      'runs.resume': (call) => call.open('run_1').end(...LOG),
    })
    expect(await read()).toEqual(LOG)
  })

  test('where the headers are not to be seen, the run is found by its thread', async () => {
    server = await wireServer({
      'threads.create': (call) => call.open().end(...LOG.slice(0, 4)),
      'runs.resume': (call) => call.open().end(...LOG.slice(4)),
    })
    expect(await read()).toEqual(LOG)
    expect(server.calls[1]?.params).toEqual({ thread_id: 'thr_1', after: 4 })
  })

  test('tries are counted anew from the last event that arrived', async () => {
    server = await wireServer(serveWithCuts([3, 1, 1, 0, 0, 1, 0, 0, 1]))
    expect(await read({ maxTries: 3 })).toEqual(LOG)
  })

  test('after the last try in vain the reader is told', async () => {
    server = await wireServer(serveWithCuts([3, 0, 0, 0, 0, 0]))
    await expect(read({ maxTries: 3 })).rejects.toMatchObject({ code: 'unavailable', status: 0 })
    expect(server.calls.map(({ type }) => type)).toEqual([
      'threads.create',
      'runs.resume',
      'runs.resume',
      'runs.resume',
    ])
  })

  test.each<[string, (call: Call) => void]>([
    ['nothing', (call) => call.response.writeHead(204).end()],
    ['not found', (call) => call.fail(404, 'not_found')],
    ['expired', (call) => call.fail(404, 'expired')],
  ])('a run that the server has forgotten (%s) is told as such', async (_, forget) => {
    server = await wireServer({
      'threads.create': (call) => call.open('run_1').end(...LOG.slice(0, 4)),
      'runs.resume': forget,
    })
    await expect(read()).rejects.toMatchObject({ code: 'expired' })
  })

  test('a resumption that is refused for now is tried again, and the connection is told', async () => {
    let refusals = 2
    server = await wireServer({
      'threads.create': (call) => call.open('run_1').end(...LOG.slice(0, 4)),
      'runs.resume': (call) =>
        refusals-- > 0
          ? call.fail(503, 'unavailable', {}, { 'retry-after': '0' })
          : call.open('run_1').end(...LOG.slice(4)),
    })
    const seen: Connection[] = []
    expect(await read({}, { onConnection: (connection) => seen.push(connection) })).toEqual(LOG)
    expect(server.calls).toHaveLength(4)
    expect(seen[0]).toBe('reconnecting')
    expect(seen.at(-1)).toBe('online')
  })
})

describe('repeating requests', () => {
  let server: WireServer
  afterEach(() => server.close())
  const signal = new AbortController().signal

  test('503 once is tried again under the same name', async () => {
    let refusals = 1
    server = await wireServer({
      'threads.create': (call) => (refusals-- > 0 ? call.fail(503, 'unavailable') : call.open('run_1').end(...LOG)),
    })
    const transport = resuming(httpTransport({ url: server.url }), QUICK)
    await transport.stream(SEND, { signal, messageId: 'msg_name' })
    expect(server.calls.map(({ headers }) => headers['idempotency-key'])).toEqual(['msg_name', 'msg_name'])
  })

  test('a plain 500 is not', async () => {
    server = await wireServer({ 'threads.create': (call) => call.text(500, 'text/plain', 'Internal Server Error') })
    const transport = resuming(httpTransport({ url: server.url }), QUICK)
    await expect(transport.stream(SEND, { signal })).rejects.toMatchObject({ code: 'server_error' })
    expect(server.calls).toHaveLength(1)
  })

  test('a request that got no answer is repeated only to a server that is known to keep runs', async () => {
    let breaks = 1
    server = await wireServer({
      'threads.create': (call) => (breaks-- > 0 ? call.cut() : call.open('run_1').end(...LOG)),
    })
    const transport = resuming(httpTransport({ url: server.url }), QUICK)
    await expect(transport.stream(SEND, { signal })).rejects.toMatchObject({ code: 'unavailable', status: 0 })
    await transport.stream(SEND, { signal })
    breaks = 1
    await transport.stream(SEND, { signal, messageId: 'msg_name' })
    expect(server.calls.slice(-2).map(({ headers }) => headers['idempotency-key'])).toEqual(['msg_name', 'msg_name'])
  })

  test('reading is repeated, what would be done twice is not', async () => {
    server = await wireServer({ 'threads.list': (call) => call.cut(), 'attachments.create': (call) => call.cut() })
    const transport = resuming(httpTransport({ url: server.url }), { baseMs: 1, maxTries: 2 })
    await expect(transport.request({ type: 'threads.list', params: { order: 'desc' } })).rejects.toMatchObject({
      status: 0,
    })
    expect(server.calls).toHaveLength(3)
    const params = { name: 'a', size: 1, mime_type: 'text/plain' }
    await expect(transport.request({ type: 'attachments.create', params })).rejects.toMatchObject({ status: 0 })
    expect(server.calls).toHaveLength(4)
  })

  test('a wait that is longer than the limit is not waited for', async () => {
    server = await wireServer({
      'threads.list': (call) => call.fail(429, 'rate_limited', {}, { 'retry-after': '3600' }),
    })
    const transport = resuming(httpTransport({ url: server.url }), QUICK)
    const asked = transport.request({ type: 'threads.list', params: { order: 'desc' } })
    await expect(asked).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 })
  })

  test('without a network it waits for one, and says so', async () => {
    const network = fakeNetwork()
    server = await wireServer({
      'threads.create': (call) => (network.isOnline() ? call.open('run_1').end(...LOG) : call.cut()),
    })
    const transport = resuming(httpTransport({ url: server.url }), { ...QUICK, network })
    network.set(false)
    const seen: Connection[] = []
    const opening = transport.stream(SEND, { signal, onConnection: (connection) => seen.push(connection) })
    await until(() => seen.includes('offline'))
    network.set(true)
    await opening
    expect(seen).toEqual(['offline', 'reconnecting', 'online'])
  })

  test('an abort ends the waiting', async () => {
    server = await wireServer({
      'threads.create': (call) => call.fail(503, 'unavailable', {}, { 'retry-after': '30' }),
    })
    const controller = new AbortController()
    const opening = resuming(httpTransport({ url: server.url })).stream(SEND, { signal: controller.signal })
    await until(() => server.calls.length === 1)
    controller.abort(new Error('enough'))
    await expect(opening).rejects.toThrow('enough')
  })
})

describe('a server without runs', () => {
  let server: WireServer
  afterEach(() => server.close())
  const EVENTS = plain(RUN.slice(0, -1))

  async function read(): Promise<SequencedEvent[]> {
    const entries: SequencedEvent[] = []
    const stream = await resuming(httpTransport({ url: server.url }), QUICK).stream(SEND, {
      signal: new AbortController().signal,
    })
    for await (const entry of stream ?? []) entries.push(entry)
    return entries
  }

  test('the end of the body is the end', async () => {
    server = await wireServer({ 'threads.create': (call) => call.open().end(...EVENTS) })
    expect(await read()).toEqual(EVENTS)
    expect(server.calls).toHaveLength(1)
  })

  test('a cut stream is broken, and nothing is asked again', async () => {
    server = await wireServer({
      'threads.create': (call) => {
        call.open().write(...EVENTS.slice(0, 4))
        setTimeout(() => call.cut(), 3)
      },
    })
    await expect(read()).rejects.toMatchObject({ code: 'unavailable', status: 0 })
    expect(server.calls).toHaveLength(1)
  })
})

describe('silence', () => {
  let server: WireServer
  afterEach(() => server.close())

  async function read(options: Parameters<typeof resuming>[1]): Promise<SequencedEvent[]> {
    const entries: SequencedEvent[] = []
    const transport = resuming(httpTransport({ url: server.url }), { ...QUICK, ...options })
    for await (const entry of (await transport.stream(SEND, { signal: new AbortController().signal })) ?? [])
      entries.push(entry)
    return entries
  }

  test('before the first event is a time-out', async () => {
    server = await wireServer({ 'threads.create': () => {} })
    await expect(read({ firstEventMs: 30 })).rejects.toMatchObject({ code: 'timeout_first_token' })
    server.on['threads.create'] = (call) => void call.open()
    await expect(read({ firstEventMs: 30 })).rejects.toMatchObject({ code: 'timeout_first_token' })
  })

  test('between events makes it ask again behind the last one', async () => {
    server = await wireServer({
      'threads.create': (call) => void call.open('run_1').write(...LOG.slice(0, 5)),
      'runs.resume': (call) => call.open('run_1').end(...LOG.slice(Number(call.params.after))),
    })
    expect(await read({ betweenEventsMs: 30 })).toEqual(LOG)
    expect(server.calls[1]?.params).toEqual({ run_id: 'run_1', after: 5 })
    await until(() => server.calls[0]?.isAborted)
  })

  test('of a server without runs is waited for: giving up would end the answer', async () => {
    const events = plain(RUN.slice(0, -1))
    server = await wireServer({
      'threads.create': (call) => {
        call.open().write(...events.slice(0, 3))
        setTimeout(() => call.end(...events.slice(3)), 80)
      },
    })
    expect(await read({ firstEventMs: 30, betweenEventsMs: 30 })).toEqual(events)
  })

  test('of a JSON answer is a time-out', async () => {
    server = await wireServer({ 'input.transcribe': () => {} })
    const transport = resuming(httpTransport({ url: server.url }), { answerMs: 30 })
    const asked = transport.request({ type: 'input.transcribe', params: { audio_base64: '', mime_type: 'audio/webm' } })
    await expect(asked).rejects.toMatchObject({ code: 'timeout_total' })
  })

  test('a run that goes on for longer than the total is given up', async () => {
    server = await wireServer({
      'threads.create': (call) => {
        call.open('run_1')
        let at = 0
        const timer = setInterval(() => {
          const entry = LOG[at++ % (LOG.length - 1)]
          if (entry) call.write({ ...entry, seq: at })
        }, 5)
        call.response.on('close', () => clearInterval(timer))
      },
    })
    await expect(read({ totalMs: 60 })).rejects.toMatchObject({ code: 'timeout_total' })
    await until(() => server.calls[0]?.isAborted)
  })
})

function fakeNetwork(): NetworkState & { set(isOnline: boolean): void } {
  const listeners = new Set<() => void>()
  let isOnline = true
  return {
    isOnline: () => isOnline,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set(value) {
      isOnline = value
      for (const listener of [...listeners]) listener()
    },
  }
}
