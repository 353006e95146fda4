/** What every transport of the stream client does, against a real server: `streamTransportContract(name)` in a test file. */
import { createStreamClient, type StreamClient, type StreamEvent, type StreamOptions } from '@millrace/client/stream'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { atEnd } from './cleanup.ts'
import { type PlainServer, startPlainServer } from './plain-server.ts'

type Transport = NonNullable<StreamOptions['transport']>

export const TOKENS = ['Hel', 'lo ', 'there', ', ', 'Grüße ', '👋🏽', ' and ', 'bye.']
export const TEXT = TOKENS.join('')

/** A client of that server; it is closed at the test's end. */
export function clientOf({ url }: { url: string }, options: StreamOptions = {}): StreamClient {
  // Node has a WebSocket of its own from version 22 on
  const webSocket = (address: string, protocols: string[]) => new WebSocket(address, protocols)
  const client = createStreamClient({ url, webSocket, retryDelay: 20, ...options })
  atEnd(() => client.close())
  return client
}

export function streamTransportContract(transport: Transport): void {
  const isWhole = transport === 'whole'
  const start = (server: PlainServer, options: StreamOptions = {}) => clientOf(server, { transport, ...options })

  describe('the contract of a stream transport', () => {
    test('an answer comes whole, in order and once', async () => {
      const server = await startPlainServer({ tokens: TOKENS })
      const events: StreamEvent[] = []
      const tokens: string[] = []
      const client = start(server, { onEvent: (event) => events.push(event) })
      client.onToken(({ token }) => tokens.push(token))
      const end = await client.start('Hi')
      expect(end).toMatchObject({ response: TEXT, outcome: 'completed', isStreaming: false, error: null, attempt: 0 })
      expect(end.connectionState).toBe('closed')
      expect(tokens).toEqual(isWhole ? [TEXT] : TOKENS)
      expect(end.metrics.tokens).toBe(tokens.length)
      expect([events.at(0)?.type, events.at(-1)?.type]).toEqual(['start', 'complete'])
      expect(server.asked()).toBe(1)
    })

    test('a message whose answer was cut off joins its run, and asks the model once', async () => {
      const server = await startPlainServer({ tokens: TOKENS })
      server.proxy.plan((connection) => (connection === 0 ? { cut: { after: 0 } } : {}))
      expect(await start(server).start('Hi')).toMatchObject({ response: TEXT, outcome: 'completed' })
      expect(server.asked()).toBe(1)
    })

    test('a message that did not arrive is sent again', async () => {
      const server = await startPlainServer({ tokens: TOKENS })
      server.proxy.plan((connection) => ({ refuse: connection === 0 }))
      const retries: number[] = []
      const onEvent = (event: StreamEvent) => event.type === 'retry' && retries.push(event.attempt)
      const end = await start(server, { onEvent }).start('Hi')
      expect(end).toMatchObject({ response: TEXT, outcome: 'completed', attempt: 0 })
      expect(retries).toEqual([1])
    })

    test('an answer that was cut in the middle goes on behind its last word', async () => {
      const server = await startPlainServer({ tokens: TOKENS, isPaced: true })
      const client = start(server)
      const tokens: string[] = []
      client.onToken(({ token }) => tokens.push(token))
      const ended = client.start('Hi')
      server.say(3)
      if (isWhole) await expect.poll(server.asked).toBe(1)
      else await expect.poll(() => tokens.length).toBe(3)
      server.proxy.cut()
      server.say()
      expect(await ended).toMatchObject({ response: TEXT, outcome: 'completed' })
      expect(tokens.join('')).toBe(TEXT)
      expect(server.asked()).toBe(1)
    })

    test('stop ends the run at the server, and what was said stays', async () => {
      const server = await startPlainServer({ tokens: TOKENS, isPaced: true })
      const client = start(server)
      const ended = client.start('Hi')
      server.say(2)
      if (isWhole) await expect.poll(server.asked).toBe(1)
      else await expect.poll(() => client.getSnapshot().response).toBe('Hello ')
      await client.stop()
      const end = await ended
      expect(end).toMatchObject({ outcome: 'stopped', isStreaming: false, error: null })
      if (!isWhole) expect(end.response).toBe('Hello ')
      const { messageId = '' } = end
      expect(await statusOf(server, messageId)).toBe('stopped')
    })

    test('a run that another client started is followed from a place on', async () => {
      const server = await startPlainServer({ tokens: TOKENS })
      const { messageId = '' } = await clientOf(server).start('Hi')
      const client = start(server)
      expect(await client.attach(messageId)).toMatchObject({ response: TEXT, outcome: 'completed' })
      const seqs: number[] = []
      const first = clientOf(server)
      first.onToken(({ seq }) => seqs.push(seq))
      await first.attach(messageId)
      const rest = await start(server).attach(messageId, seqs[2] ?? 0)
      expect(rest).toMatchObject({ response: TOKENS.slice(3).join(''), outcome: 'completed' })
    })

    test('what the server refuses is shown, and not asked for again', async () => {
      const server = await startPlainServer()
      const retries: StreamEvent[] = []
      const onEvent = (event: StreamEvent) => event.type === 'retry' && retries.push(event)
      const end = await start(server, { onEvent }).start('')
      expect(end).toMatchObject({ outcome: 'failed', isStreaming: false })
      expect(end.error).toMatchObject({
        name: 'StreamError',
        code: 'invalid_request',
        param: 'message',
        recoverable: false,
      })
      expect(retries).toEqual([])
    })

    test('a run that fails ends with its cause', async () => {
      const server = await startPlainServer()
      server.respond(() => {
        throw new Error('secret detail')
      })
      const end = await start(server).start('Hi')
      expect(end).toMatchObject({ outcome: 'failed', isStreaming: false })
      expect(end.error).toMatchObject({ code: 'server_error', recoverable: true })
      expect(end.error?.message).not.toContain('secret')
    })

    test('a run that nobody knows is an error', async () => {
      const server = await startPlainServer()
      const end = await start(server).attach('never-heard-of')
      expect(end).toMatchObject({ outcome: 'failed', error: { type: 'http', code: 'not_found', recoverable: false } })
    })

    test('leaving stops nothing', async () => {
      const server = await startPlainServer({ tokens: TOKENS, isPaced: true })
      const client = start(server)
      const ended = client.start('Hi')
      await expect.poll(server.asked).toBe(1)
      client.close()
      const { messageId = '', ...left } = await ended
      expect(left).toMatchObject({ isStreaming: false, outcome: undefined, error: null, connectionState: 'closed' })
      server.say()
      await expect.poll(() => statusOf(server, messageId)).toBe('completed')
    })
  })
}

/** What the server says of a run. */
export async function statusOf({ url }: { url: string }, messageId: string): Promise<unknown> {
  const response = await fetch(`${url}/api/message/${messageId}`)
  return ((await response.json()) as { status: unknown }).status
}
