import { expect, onTestFinished, test } from 'vitest'
import { createStreamClient } from './create-stream-client.ts'
import type { StreamClient, StreamOptions, StreamSocket } from './types.ts'

type Message = Record<string, unknown>

/** A socket whose other side a test plays: `answer` gets each command, and what it returns is said. */
function socketOf(answer: (command: Message, close: () => void) => Message[]): StreamSocket {
  const listeners: Record<string, ((event: { data: unknown }) => void)[]> = {}
  const tell = (type: string, data?: unknown) => {
    for (const listener of listeners[type] ?? []) listener({ data })
  }
  const socket = {
    readyState: 1,
    send(text: string) {
      const said = answer(JSON.parse(text), () => setTimeout(tell, 0, 'close'))
      for (const message of said) setTimeout(tell, 0, 'message', JSON.stringify(message))
    },
    close: () => tell('close'),
    addEventListener(type: string, listener: (event: { data: unknown }) => void) {
      listeners[type] = [...(listeners[type] ?? []), listener]
    },
  }
  setTimeout(tell, 0, 'open')
  return socket
}

function clientOf(options: StreamOptions): StreamClient {
  const client = createStreamClient({ url: 'http://any', transport: 'websocket', retryDelay: 1, ...options })
  onTestFinished(() => client.close())
  return client
}

test('a run that died before its first word is started again under its name', async () => {
  const commands: unknown[] = []
  const webSocket = () =>
    socketOf(({ command, message_id }, close) => {
      commands.push(command)
      if (commands.length === 1) {
        setTimeout(close, 5)
        return [{ type: 'started', message_id }]
      }
      if (command === 'attach')
        return [{ type: 'error', command, code: 'not_found', error: 'No such run.', message_id }]
      return [
        { type: 'started', message_id },
        { type: 'token', token: 'Hello', seq: 1, message_id },
        { type: 'complete', message_id },
      ]
    })
  expect(await clientOf({ webSocket }).start('Hi')).toMatchObject({ response: 'Hello', outcome: 'completed' })
  expect(commands).toEqual(['start', 'attach', 'start'])
})

test('a socket that can not be made is not tried again, and the reason is told', async () => {
  const webSocket = () => {
    throw new SyntaxError('Invalid subprotocol')
  }
  const state = await clientOf({ webSocket }).start('Hi')
  expect(state).toMatchObject({ outcome: 'failed', error: { code: 'websocket_refused', recoverable: false } })
})

test('where there is no page, a server has to be named', async () => {
  const state = await clientOf({ url: '' }).start('Hi')
  expect(state).toMatchObject({ outcome: 'failed', error: { code: 'no_url', recoverable: false } })
})
