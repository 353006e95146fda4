import { ALICE, message } from '@millrace/server/testing'
import { describe, expect, test } from 'vitest'
import { type PlainServer, startPlainServer } from './harness/plain-server.ts'
import { clientOf, statusOf, streamTransportContract, TEXT, TOKENS } from './harness/stream-contract.ts'

describe.each(['sse', 'websocket', 'polling', 'whole', 'hybrid'] as const)('%s', streamTransportContract)

describe('with a real server', () => {
  test('a second message of a thread stops the first, and is no conflict', async () => {
    const server = await startPlainServer({ tokens: TOKENS })
    const { threadId } = await clientOf(server, { transport: 'websocket' }).start('Hi')
    expect(threadId).toMatch(/^thr_/)
    server.respond(async function* (turn) {
      yield* message(turn, ['first '])
      await new Promise((resolve) => turn.signal.addEventListener('abort', resolve))
    })
    const client = clientOf(server)
    const options = threadId === undefined ? {} : { threadId }
    const first = client.start('One', options)
    await expect.poll(() => client.getSnapshot().response).toBe('first ')
    server.respond((turn) => message(turn, ['second']))
    const second = client.start('Two', options)
    expect(await first).toMatchObject({ response: 'first ', outcome: 'stopped' })
    expect(await second).toMatchObject({ response: 'second', outcome: 'completed', error: null, threadId })
  })

  test('a message to a thread that is being answered can join that answer', async () => {
    const server = await startPlainServer({ tokens: TOKENS })
    const { threadId = '' } = await clientOf(server, { transport: 'whole' }).start('Hi')
    const slow = await startSlowAnswer(server, threadId)
    const { error } = await clientOf(server).start('Two', { threadId })
    expect(error).toMatchObject({ code: 'run_in_progress', recoverable: true, runningMessageId: slow.messageId })
    const joined = clientOf(server).attach(error?.runningMessageId ?? '')
    slow.finish()
    expect(await joined).toMatchObject({ response: 'slow answer', outcome: 'completed' })
  })

  test.each(['sse', 'websocket', 'polling', 'whole'] as const)(
    'a stop before anything was answered reaches the run over %s',
    async (transport) => {
      const server = await startPlainServer({ tokens: TOKENS, isPaced: true })
      const client = clientOf(server, { transport })
      server.proxy.behave({ delayMs: 50 })
      const ended = client.start('Hi')
      await client.stop()
      const { messageId = '', ...state } = await ended
      expect(state).toMatchObject({ response: '', outcome: 'stopped', isStreaming: false })
      await expect.poll(() => statusOf(server, messageId)).toBe('stopped')
    },
  )

  test.each(['sse', 'websocket', 'polling'] as const)(
    'an answer that is cut again and again comes whole over %s',
    async (transport) => {
      const tokens = Array.from({ length: 300 }, (_, at) => `${at} `)
      const server = await startPlainServer({ tokens })
      server.proxy.plan((connection) => ({ cut: { after: 400 + 900 * connection }, split: 'random' }))
      const client = clientOf(server, { transport, retryDelay: 1, maxRetries: 20 })
      const seen: string[] = []
      client.onToken(({ token }) => seen.push(token))
      expect(await client.start('Hi')).toMatchObject({ response: tokens.join(''), outcome: 'completed' })
      expect(seen).toEqual(tokens)
      expect(server.asked()).toBe(1)
    },
  )

  test.each(['sse', 'websocket'] as const)(
    'a paused client holds a long answer back at the server over %s, and gets all of it',
    async (transport) => {
      const tokens = Array.from({ length: 20_000 }, (_, at) => `word ${at} `)
      const server = await startPlainServer({ tokens, isPaced: true })
      const client = clientOf(server, { transport })
      let count = 0
      client.onToken(() => {
        count += 1
      })
      const ended = client.start('Hi')
      client.pause()
      server.say()
      await expect.poll(() => count).toBeGreaterThan(0)
      const { messageId = '' } = client.getSnapshot()
      await expect.poll(() => statusOf(server, messageId)).toBe('completed')
      expect(client.getSnapshot()).toMatchObject({ response: '', isPaused: true, isStreaming: true })
      expect(count).toBeLessThan(tokens.length)
      client.resume()
      const state = await ended
      expect(state.response === tokens.join('')).toBe(true)
      expect(state.metrics.resumes).toBe(0)
    },
  )

  test('a session that has ended is refreshed, also for a WebSocket', async () => {
    const authenticate = ({ headers }: Request) => {
      const offered = `${headers.get('authorization')} ${headers.get('sec-websocket-protocol')}`
      return /Bearer new|bearer\.new/.test(offered) ? ALICE : undefined
    }
    const server = await startPlainServer({ tokens: TOKENS, app: { authenticate } })
    for (const transport of ['sse', 'websocket', 'polling', 'whole'] as const) {
      let secret = 'old'
      const asked: boolean[] = []
      const getClientSecret = (refresh: boolean) => {
        asked.push(refresh)
        if (refresh) secret = 'new'
        return secret
      }
      expect(await clientOf(server, { transport, getClientSecret }).start('Hi')).toMatchObject({ response: TEXT })
      expect(asked.filter(Boolean)).toHaveLength(1)
    }
    const refused = await clientOf(server, { transport: 'websocket', getClientSecret: () => 'bad' }).start('Hi')
    expect(refused.error).toMatchObject({ code: 'auth_error', status: 401, recoverable: false })
  })

  test('where something on the way holds streams back, hybrid goes on by polling', async () => {
    const server = await startPlainServer({ tokens: TOKENS })
    server.proxy.plan((connection) => ({ hold: connection === 0 }))
    const client = clientOf(server, { transport: 'hybrid', timeout: { firstToken: 200 } })
    expect(await client.start('Hi')).toMatchObject({ response: TEXT, method: 'polling', outcome: 'completed' })
    expect(server.asked()).toBe(1)
  })
})

/** A run of that thread which waits for `finish`. */
async function startSlowAnswer(server: PlainServer, threadId: string) {
  let finish = () => {}
  const released = new Promise<void>((resolve) => {
    finish = resolve
  })
  server.respond((turn) =>
    message(
      turn,
      (async function* () {
        yield 'slow '
        await released
        yield 'answer'
      })(),
    ),
  )
  const client = clientOf(server)
  void client.start('One', { threadId })
  await expect.poll(() => client.getSnapshot().response).toBe('slow ')
  return { messageId: client.getSnapshot().messageId, finish }
}
