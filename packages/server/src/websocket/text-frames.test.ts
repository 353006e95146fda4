import { afterEach, expect, test } from 'vitest'
import { type Served, serve } from '../node.ts'
import type { Socket, SocketSession } from './socket.ts'
import { connect, type TestClient } from './test-client.ts'

let served: Served | undefined
let client: TestClient | undefined
afterEach(async () => {
  client?.ws.terminate()
  await served?.close()
})

/** Sends a batch to a real client, and gives what arrives of it. */
async function sent(messages: readonly string[]): Promise<string[]> {
  let socket: Socket | undefined
  const session: SocketSession = {
    protocol: undefined,
    open(opened) {
      socket = opened
    },
    receive: () => socket?.send(messages),
    heard() {},
    drained() {},
    closed() {},
    goAway() {},
  }
  const app = Object.assign(async () => new Response(), { connect: async () => session })
  served = await serve(app, { port: 0 })
  const opened = await connect(served.url)
  client = opened
  const arrived: string[] = []
  opened.ws.removeAllListeners('message')
  const all = new Promise<void>((resolve) =>
    opened.ws.on('message', (data, isBinary) => {
      expect(isBinary).toBe(false)
      if (arrived.push(data.toString()) === messages.length) resolve()
    }),
  )
  opened.send({})
  await all
  return arrived
}

test.each([
  [
    'of every length that is written in its own way',
    [0, 1, 125, 126, 127, 65_535, 65_536, 300_000].map((n) => 'x'.repeat(n)),
  ],
  [
    'whose characters take more than one byte',
    ['é', '✓'.repeat(42), '🙂'.repeat(16_384), `${'é'.repeat(62)}xx`, 'ÿ\u0080\u0000'],
  ],
])('a batch of messages %s arrives as it is', async (_, messages) => {
  expect(await sent(messages)).toEqual(messages)
})
