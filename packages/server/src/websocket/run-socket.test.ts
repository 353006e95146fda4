import { ChatKitError } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import type { RunInfo } from '../log/run-log.ts'
import { ALICE, message, says } from '../testing/test-server.ts'
import type { TestClient } from './test-client.ts'
import { dictated, listening, started } from './test-socket-server.ts'

const WORDS = Array.from({ length: 40 }, (_, n) => `word${n} `)

describe('start', () => {
  test('streams an answer: started, each token with its number, complete', async () => {
    const { open, respond } = await listening()
    respond(says('one two “three”\n'))
    const client = await open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm-1' })
    const end = await client.event('complete')
    expect(client.events[0]).toEqual({
      type: 'started',
      message_id: 'm-1',
      thread_id: expect.stringMatching(/^thr_/),
      run_id: expect.stringMatching(/^run_/),
    })
    expect(client.text('m-1')).toBe('one two “three”\n')
    const seqs = client.tokens('m-1').map(({ seq }) => Number(seq))
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
    expect(end).toEqual({ type: 'complete', message_id: 'm-1', seq: expect.any(Number) })
    expect(end.seq).toBeGreaterThan(Math.max(...seqs))
  })

  test('without a message id the run is named by its run id, in every event', async () => {
    const client = await (await listening()).open()
    client.send({ command: 'start', message: 'Hi' })
    await client.event('complete')
    const [first] = client.events
    expect(first?.message_id).toBe(first?.run_id)
    for (const event of client.events) expect(event.message_id).toBe(first?.run_id)
  })

  test('with a thread goes on with its conversation', async () => {
    const { open, items } = await listening()
    const client = await open()
    client.send({ command: 'start', message: 'First', message_id: 'a' })
    await client.event('complete')
    const threadId = String(client.events[0]?.thread_id)
    client.send({ command: 'start', message: 'Second', message_id: 'b', thread_id: threadId })
    await client.event('complete', 2)
    expect((await items(threadId)).map(({ type }) => type)).toEqual([
      'user_message',
      'assistant_message',
      'user_message',
      'assistant_message',
    ])
  })

  test('of a message id that is known joins its run, and runs nothing twice', async () => {
    const starts: RunInfo[] = []
    const { open } = await listening({ observer: { runStarted: (run) => void starts.push(run) } })
    const [one, two] = await Promise.all([open(), open()])
    const command = { command: 'start', message: 'Hi', message_id: 'same' }
    one.send(command)
    two.send(command)
    await Promise.all([one.event('complete'), two.event('complete')])
    one.send(command)
    await one.event('complete', 2)
    expect(two.text('same')).toBe('Hello there')
    expect(one.text('same')).toBe('Hello thereHello there')
    expect(starts).toHaveLength(1)
  })

  test('repeated while the run is followed says so again and doubles no text', async () => {
    const { client, hi } = await started()
    await hi.push('one ')
    await client.event('token')
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await client.event('started', 2)
    await hi.push('two')
    hi.close()
    await client.event('complete')
    expect(client.text('m')).toBe('one two')
  })

  test.each([
    ['message_id_conflict', { message: 'Other', message_id: 'm' }, 'm'],
    ['run_in_progress', { message: 'Hi', message_id: 'n', thread_id: true }, 'n'],
    ['not_found', { message: 'Hi', message_id: 'n', thread_id: 'thr_none' }, 'n'],
    ['not_found', { message: 'Hi', thread_id: 'thr_none' }, undefined],
  ])('that is refused is an error event: %s', async (code, fields, messageId) => {
    const { client, hi } = await started()
    const threadId = 'thread_id' in fields && fields.thread_id === true ? client.events[0]?.thread_id : undefined
    client.send({ command: 'start', ...fields, ...(threadId ? { thread_id: threadId } : {}) })
    const error = await client.event('error')
    expect(error).toMatchObject({ code, command: 'start', recoverable: false })
    expect(error.message_id).toBe(messageId)
    expect(error.running_message_id).toBe(code === 'run_in_progress' ? 'm' : undefined)
    hi.close()
    await client.event('complete')
  })

  test('over a limit says when to try again', async () => {
    const take = async () => {
      throw new ChatKitError('rate_limited', 'Wait a little.', { retryAfterMs: 1500 })
    }
    const client = await (await listening({ startLimit: { take } })).open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    expect(await client.event('error')).toMatchObject({
      code: 'rate_limited',
      message_id: 'm',
      recoverable: true,
      retry_after_ms: 1500,
    })
  })

  test('of a run that fails ends with an error that says whether to try again', async () => {
    const { open, respond } = await listening()
    respond(async function* (turn) {
      yield* message(turn, ['half an answer'])
      throw new Error('connection string with a secret')
    })
    const client = await open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    const error = await client.event('error')
    expect(error).toMatchObject({ message_id: 'm', code: expect.any(String), param: null, recoverable: true })
    expect(error.seq).toBeGreaterThan(0)
    expect(error).not.toHaveProperty('command')
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(client.text('m')).toBe('half an answer')
  })
})

describe('several runs on one socket', () => {
  test('each event names its run, and each text is whole', async () => {
    const { client, answerTo, hi } = await started()
    for (const id of ['b', 'c']) client.send({ command: 'start', message: id, message_id: id })
    await client.event('started', 3)
    for (const word of WORDS) for (const text of ['Hi', 'b', 'c']) await answerTo(text).push(`${text}:${word}`)
    for (const channel of [hi, answerTo('b'), answerTo('c')]) channel.close()
    await client.event('complete', 3)
    expect(client.text('m')).toBe(WORDS.map((word) => `Hi:${word}`).join(''))
    for (const id of ['b', 'c']) expect(client.text(id)).toBe(WORDS.map((word) => `${id}:${word}`).join(''))
  })

  test.each(['pause', 'resume', 'stop'])(
    '%s without a name is an error then, and means the only run else',
    async (command) => {
      const { client, answerTo, hi } = await started()
      client.send({ command: 'start', message: 'b', message_id: 'b' })
      await client.event('started', 2)
      client.send({ command })
      expect(await client.event('error')).toMatchObject({ code: 'invalid_request', param: 'message_id', command })
      answerTo('b').close()
      await client.event((event) => event.type === 'complete' && event.message_id === 'b')
      client.send({ command })
      const answer = { pause: 'paused', resume: 'resumed', stop: 'stopped' }[command] ?? ''
      expect((await client.event(answer)).message_id).toBe('m')
      hi.close()
    },
  )

  test('a socket that follows nothing has no run to mean', async () => {
    const client = await (await listening()).open()
    client.send({ command: 'pause' })
    expect(await client.event('error')).toMatchObject({ code: 'invalid_request', param: 'message_id' })
    client.send({ command: 'pause', message_id: 'unknown' })
    expect(await client.event('error', 2)).toMatchObject({ code: 'not_found', message_id: 'unknown' })
  })

  test('a command right behind a start means the run that is being started', async () => {
    const { open, respond } = await listening()
    const { answerTo, script } = dictated()
    respond(script)
    const client = await open()
    client.send({ command: 'start', message: 'Hi' })
    client.send({ command: 'pause' })
    await client.event('paused')
    expect(client.events.map(({ type }) => type)).toEqual(['started', 'paused'])
    await answerTo('Hi').push('text')
    client.send({ command: 'stop' })
    await client.event('stopped')
    expect(client.events.filter(({ type }) => type === 'token')).toHaveLength(1)
  })

  test('more than a socket may follow are refused, until one has ended', async () => {
    const { client, hi } = await started({ webSocket: { maxRuns: 1 } })
    client.send({ command: 'start', message: 'b', message_id: 'b' })
    expect(await client.event('error')).toMatchObject({ code: 'rate_limited', message_id: 'b' })
    hi.close()
    await client.event('complete')
    client.send({ command: 'start', message: 'c', message_id: 'c' })
    await client.event('started', 2)
  })
})

describe('pause', () => {
  test('holds back delivery and not the model; after resume nothing is missing', async () => {
    const { client, hi, server } = await started()
    for (const word of WORDS.slice(0, 10)) await hi.push(word)
    await client.event('token', 10)
    client.send({ command: 'pause' })
    await client.event('paused')
    for (const word of WORDS.slice(10)) await hi.push(word)
    const run = await server.runOf('m', ALICE)
    await expect.poll(async () => (await server.runOf('m', ALICE)).info.tokens).toBe(WORDS.length)
    expect(client.tokens('m')).toHaveLength(10)
    hi.close()
    await run.read(run.info.lastSeq, new AbortController().signal)[Symbol.asyncIterator]().next()
    expect(client.events.at(-1)?.type).toBe('paused')
    client.send({ command: 'resume' })
    await client.event('complete')
    expect(client.text('m')).toBe(WORDS.join(''))
    const types = client.events.map(({ type }) => type)
    expect(types.slice(types.indexOf('paused'), types.indexOf('paused') + 3)).toEqual(['paused', 'resumed', 'token'])
  })

  test('a paused run has no reader, one that is resumed has one', async () => {
    let readers = 0
    const observer = {
      readerCame: () => {
        readers += 1
        return {
          left() {
            readers -= 1
          },
        }
      },
    }
    const { open, respond } = await listening({ observer })
    respond(dictated().script)
    const client = await open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await expect.poll(() => readers).toBe(1)
    client.send({ command: 'pause', message_id: 'm' })
    await client.event('paused')
    await expect.poll(() => readers).toBe(0)
    client.send({ command: 'resume', message_id: 'm' })
    await expect.poll(() => readers).toBe(1)
    await client.close()
    await expect.poll(() => readers).toBe(0)
  })

  test('again and again, at any moment, loses and doubles nothing', async () => {
    const { client, hi } = await started()
    const dictate = async () => {
      for (let n = 0; n < 2000; n += 1) {
        await hi.push(`${n} `)
        if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      hi.close()
    }
    const said = dictate()
    for (let n = 1; n <= 20; n += 1) {
      client.send({ command: 'pause', message_id: 'm' })
      client.send({ command: 'resume', message_id: 'm' })
      // The last ones may come behind the run's end, where there is nothing to pause any more.
      await client.event(({ type }) => type === 'resumed' || type === 'error' || type === 'complete', n)
    }
    await said
    await client.event('complete')
    expect(client.text('m')).toBe(Array.from({ length: 2000 }, (_, n) => `${n} `).join(''))
  })

  test('twice, and resume twice, is answered each time and changes nothing', async () => {
    const { client, hi } = await started()
    for (const command of ['pause', 'pause', 'resume', 'resume']) client.send({ command })
    await client.event('resumed', 2)
    for (const word of WORDS) await hi.push(word)
    hi.close()
    await client.event('complete')
    expect(client.events.filter(({ type }) => type === 'paused')).toHaveLength(2)
    expect(client.text('m')).toBe(WORDS.join(''))
  })
})

describe('stop', () => {
  test('is answered once the run has ended, once, behind all that was said', async () => {
    const { client, hi } = await started()
    await hi.push('one ')
    await client.event('token')
    client.send({ command: 'stop' })
    client.send({ command: 'stop' })
    await client.event('stopped')
    // The thread is free at that moment.
    client.send({ command: 'start', message: 'b', message_id: 'b', thread_id: client.events[0]?.thread_id })
    await client.event('started', 2)
    expect(client.events.filter(({ type }) => type === 'stopped')).toHaveLength(1)
    expect(client.events.find(({ type }) => type === 'stopped')).toMatchObject({
      message_id: 'm',
      seq: expect.any(Number),
    })
  })

  test('of a paused run sends what it still had to say', async () => {
    const { client, hi, server } = await started()
    client.send({ command: 'pause' })
    await client.event('paused')
    await hi.push('said while paused')
    await expect.poll(async () => (await server.runOf('m', ALICE)).info.tokens).toBe(1)
    client.send({ command: 'stop' })
    await client.event('stopped')
    expect(client.text('m')).toBe('said while paused')
  })

  test('from another socket reaches who follows, and who asked', async () => {
    const { client, open } = await started()
    const other = await open()
    other.send({ command: 'stop', message_id: 'm' })
    expect(await other.event('stopped')).toEqual({ type: 'stopped', message_id: 'm' })
    expect(await client.event('stopped')).toMatchObject({ message_id: 'm', seq: expect.any(Number) })
    other.send({ command: 'stop', message_id: 'm' })
    await other.event('stopped', 2)
  })

  test('of a run that is attached to meanwhile is told once', async () => {
    const { open, client } = await started()
    const other = await open()
    for (const command of ['stop', 'attach', 'stop', 'stop']) other.send({ command, message_id: 'm' })
    await other.event('stopped')
    await client.event('stopped')
    other.send({ command: 'fly' })
    await other.event('error')
    expect(other.events.map(({ type }) => type)).toEqual(['started', 'stopped', 'error'])
  })

  test('of a run that has ended answers with how it did', async () => {
    const { client, open, hi } = await started()
    hi.close()
    await client.event('complete')
    const other = await open()
    other.send({ command: 'stop', message_id: 'm' })
    expect(await other.event('complete')).toEqual({ type: 'complete', message_id: 'm' })
  })

  test("of another user's run, or of none, is not found", async () => {
    const { open, client, hi } = await started()
    const bob = await open('bob')
    for (const [n, message_id] of ['m', 'unknown'].entries()) {
      for (const command of ['stop', 'attach']) bob.send({ command, message_id })
      expect(await bob.event('error', 2 * n + 2)).toMatchObject({ code: 'not_found', message_id })
    }
    hi.close()
    await client.event('complete')
  })
})

describe('attach', () => {
  test('after every number gives the rest, of a run that runs and of one that has ended', async () => {
    const { client, hi, open } = await started()
    const words = WORDS.slice(0, 12)
    for (const word of words) await hi.push(word)
    const last = Number((await client.event('token', words.length)).seq)
    const readers: { k: number; reader: TestClient }[] = []
    for (let k = 0; k <= last; k += 1) {
      const reader = await open()
      reader.send({ command: 'attach', message_id: 'm', after: k })
      readers.push({ k, reader })
    }
    const rest = (k: number) =>
      client
        .tokens('m')
        .filter(({ seq }) => Number(seq) > k)
        .map(({ token }) => token)
        .join('')
    await Promise.all(readers.map(({ reader }) => reader.event('started')))
    await hi.push('the end')
    hi.close()
    await client.event('complete')
    for (const { k, reader } of readers) {
      await reader.event('complete')
      expect(reader.text('m')).toBe(rest(k))
      reader.send({ command: 'attach', message_id: 'm', after: k })
      await reader.event('complete', 2)
      expect(reader.text('m')).toBe(rest(k) + rest(k))
    }
    const whole = await open()
    whole.send({ command: 'attach', message_id: 'm' })
    await whole.event('complete')
    expect(whole.text('m')).toBe([...words, 'the end'].join(''))
  })

  test('after a lost connection goes on where it was lost', async () => {
    const { client, hi, open } = await started()
    let text = ''
    let after = 0
    let current = client
    for (const [n, word] of WORDS.entries()) {
      await hi.push(word)
      const token = await current.event('token')
      text += token.token
      after = Number(token.seq)
      current.ws.terminate()
      if (n === WORDS.length - 1) hi.close()
      current = await open()
      current.send({ command: 'attach', message_id: 'm', after })
    }
    await current.event('complete')
    expect(text).toBe(WORDS.join(''))
  })

  test('to a run that the socket follows is an error and doubles nothing', async () => {
    const { client, hi } = await started()
    await hi.push('one ')
    await client.event('token')
    client.send({ command: 'attach', message_id: 'm', after: 0 })
    expect(await client.event('error')).toMatchObject({
      code: 'invalid_request',
      param: 'message_id',
      command: 'attach',
    })
    hi.close()
    await client.event('complete')
    expect(client.text('m')).toBe('one ')
  })

  test.each([-1, 1.5, '3', 1e99, [], true])('a cursor of %j is refused', async (after) => {
    const { client } = await started()
    client.send({ command: 'attach', message_id: 'm', after })
    expect(await client.event('error')).toMatchObject({ code: 'invalid_request', param: 'after', message_id: 'm' })
  })

  test('beyond the last entry is refused, and so is a run that is not known', async () => {
    const { client } = await started()
    client.send({ command: 'attach', message_id: 'm', after: 10_000 })
    expect(await client.event('error')).toMatchObject({ code: 'invalid_request', param: 'after', message_id: 'm' })
    client.send({ command: 'attach', message_id: 'unknown' })
    expect(await client.event('error', 2)).toMatchObject({ code: 'not_found', message_id: 'unknown' })
  })

  test('a run whose thread is deleted while it is followed ends in an error', async () => {
    const { client, log } = await started()
    await log.forget(String(client.events[0]?.thread_id))
    expect(await client.event('error')).toMatchObject({ code: 'not_found', message_id: 'm', recoverable: false })
  })
})

describe('a log that fails', () => {
  /** A server whose log can be read once, up to a token, and fails then as told. */
  async function failing(error: unknown) {
    const reported: unknown[] = []
    const it = await started({ onError: (cause) => reported.push(cause) })
    const read = it.log.read.bind(it.log)
    it.client.send({ command: 'pause' })
    await it.client.event('paused')
    it.log.read = async function* (runId, after, signal) {
      it.log.read = read
      for await (const entries of read(runId, after, signal)) {
        yield entries
        if (entries.some(({ tokens }) => tokens > 0)) throw error
      }
    }
    await it.hi.push('one ')
    it.client.send({ command: 'resume' })
    await it.client.event('error')
    return { ...it, reported }
  }

  test('in mid-answer is an error of the run, which can be attached to again', async () => {
    const { client, hi } = await failing(new ChatKitError('unavailable', 'The log is away.'))
    const error = await client.event('error')
    expect(error).toMatchObject({ code: 'unavailable', message_id: 'm', recoverable: true })
    expect(error).not.toHaveProperty('command')
    await hi.push('two')
    hi.close()
    client.send({ command: 'attach', message_id: 'm', after: Number((await client.event('token')).seq) })
    await client.event('complete')
    expect(client.text('m')).toBe('one two')
  })

  test('in a way that nobody expected tells nothing, and is reported', async () => {
    const { client, reported } = await failing(new Error('connection string with a secret'))
    const error = await client.event('error')
    expect(error).toMatchObject({ code: 'server_error', message_id: 'm', recoverable: true })
    expect(error.error).not.toContain('secret')
    expect(reported).toHaveLength(1)
  })
})

describe('leaving', () => {
  test('stops nothing', async () => {
    const { client, hi, server, open } = await started()
    await client.close()
    for (const word of WORDS) await hi.push(word)
    hi.close()
    await expect.poll(async () => (await server.runOf('m', ALICE)).info.end).toEqual({ outcome: 'completed' })
    const again = await open()
    again.send({ command: 'attach', message_id: 'm', after: 0 })
    await again.event('complete')
    expect(again.text('m')).toBe(WORDS.join(''))
  })

  test('while a start is on its way runs it all the same, and nobody reads it', async () => {
    let readers = 0
    const observer = {
      readerCame() {
        readers += 1
        return { left() {} }
      },
    }
    const it = await listening({ observer })
    const arrived = gate()
    const going = gate()
    const find = it.log.find.bind(it.log)
    it.log.find = async (by) => {
      arrived.open()
      await going.isOpen
      return find(by)
    }
    const client = await it.open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await arrived.isOpen
    await client.close()
    going.open()
    await expect.poll(() => find({ messageId: 'm', owner: 'alice' })).toMatchObject({ end: { outcome: 'completed' } })
    expect(readers).toBe(0)
  })
})

describe('heartbeats', () => {
  test('a client gets its own answered, and two that answer each other do not chase', async () => {
    const client = await (await listening()).open()
    client.ws.on('message', (data) => {
      if (data.toString().includes('heartbeat')) client.send({ type: 'heartbeat' })
    })
    client.send({ type: 'heartbeat' })
    await client.event('heartbeat')
    // Answered behind whatever the client's echo leads to.
    client.send({ command: 'pause' })
    await client.event('error')
    expect(client.events.map(({ type }) => type)).toEqual(['heartbeat', 'error'])
  })

  test('the server sends one in its own silence, and leaves a client that says nothing', async () => {
    const client = await (await listening({ webSocket: { heartbeatMs: 30, idleMs: 1000 } })).open()
    await client.event('heartbeat', 3)
    expect((await client.closed).code).toBe(1001)
  })

  test('a heartbeat, a ping and any command keep a socket open', async () => {
    const { open } = await listening({ webSocket: { heartbeatMs: 150, idleMs: 1500 } })
    const ways = [
      (client: TestClient) => client.send({ type: 'heartbeat' }),
      (client: TestClient) => client.ws.ping(),
      (client: TestClient) => client.send({ command: 'pause' }),
    ]
    const silent = await open()
    const talking = await Promise.all(ways.map(() => open()))
    const timer = setInterval(() => {
      for (const [n, client] of talking.entries()) ways[n]?.(client)
    }, 100)
    expect((await silent.closed).code).toBe(1001)
    // Now it would be their turn, had they not been heard.
    await Promise.all(talking.map((client) => client.event(() => true, client.events.length + 3)))
    clearInterval(timer)
    for (const client of talking) expect((await client.closed).code).toBe(1001)
  })

  test('intervals that contradict each other are refused at once', async () => {
    await expect(listening({ webSocket: { heartbeatMs: 60_000 } })).rejects.toThrow('heartbeatMs')
  })
})

/** What one side waits for and the other opens. */
function gate(): { isOpen: Promise<void>; open(): void } {
  let open = () => {}
  const isOpen = new Promise<void>((resolve) => {
    open = resolve
  })
  return { isOpen, open: () => open() }
}
