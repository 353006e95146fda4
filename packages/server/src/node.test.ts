import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type AppOptions, createApp } from './http/app.ts'
import { type Served, serve } from './node.ts'
import { Sessions } from './security/sessions.ts'
import { ALICE, message, requests, type TestUser, testServer } from './testing/test-server.ts'
import { connect, type TestClient } from './websocket/test-client.ts'

const served: Served[] = []
const clients: TestClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.ws.terminate()
  for (const server of served.splice(0)) await server.close()
})

async function listening(options: Partial<AppOptions<TestUser>> = {}) {
  const it = testServer()
  const server = await serve(createApp<TestUser>({ server: it.server, authenticate: () => ALICE, ...options }), {
    port: 0,
  })
  served.push(server)
  const open = async (connectOptions: Parameters<typeof connect>[1] = {}) => {
    const client = await connect(server.url, connectOptions)
    clients.push(client)
    return client
  }
  return { ...it, ...server, open }
}

/** Writes a request to a fresh connection, and gives all that is answered until the other end closes it. */
async function exchange(port: number, request: string): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write(request)
  await once(socket, 'close')
  return answer
}

const HANDSHAKE = [
  'GET /ws/stream HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

describe('who may open a WebSocket', () => {
  test.each([
    ['no origin', undefined, 101],
    ['an origin that was named', 'https://app.example.com', 101],
    ['a foreign origin', 'https://evil.example', 403],
    ['the opaque origin', 'null', 403],
    ['another port of the same host', 'http://127.0.0.1:1', 403],
  ])('%s', async (_, origin, status) => {
    const { open } = await listening({ origins: ['https://app.example.com'] })
    const opened = open(origin === undefined ? {} : { origin })
    if (status === 101) return expect((await opened).ws.readyState).toBe(WebSocket.OPEN)
    await expect(opened).rejects.toMatchObject({ status, message: expect.stringContaining('"code":"forbidden"') })
  })

  test("the server's own pages", async () => {
    const { open, url } = await listening()
    await open({ origin: url })
  })

  test('on loopback nobody who calls the server by another name', async () => {
    const { open } = await listening({ isLoopback: true })
    await expect(open({ headers: { host: 'rebound.example' } })).rejects.toMatchObject({ status: 403 })
    await open()
  })

  test('nobody whom the app does not know', async () => {
    const { open } = await listening({ authenticate: () => undefined })
    await expect(open()).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('"code":"auth_error"'),
    })
  })

  test('whoever brings a session as a subprotocol, and is answered with `millrace`', async () => {
    const sessions = new Sessions({ secret: 'a secret for tests, and long enough' })
    const { open } = await listening({ authenticate: (request) => sessions.authenticate(request) })
    const { client_secret } = await sessions.issue('alice')
    const client = await open({ protocols: ['millrace', `bearer.${client_secret}`] })
    expect(client.ws.protocol).toBe('millrace')
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await client.event('complete')
    for (const protocols of [['millrace'], ['millrace', 'bearer.forged']]) {
      await expect(open({ protocols })).rejects.toMatchObject({ status: 401 })
    }
  })

  test('an app that fails to tell who it is answers 500, and tells nothing', async () => {
    const reported: unknown[] = []
    const { open } = await listening({
      authenticate: () => Promise.reject(new Error('a secret')),
      onError: (error) => reported.push(error),
    })
    await expect(open()).rejects.toMatchObject({ status: 500, message: expect.not.stringContaining('a secret') })
    expect(reported).toHaveLength(1)
  })
})

describe('a handshake', () => {
  test.each([
    ['without subprotocols gets none', undefined, ''],
    ['that offers ours gets it', ['other', 'millrace'], 'millrace'],
  ])('%s', async (_, protocols, protocol) => {
    const { open } = await listening()
    expect((await open(protocols ? { protocols } : {})).ws.protocol).toBe(protocol)
  })

  test('agrees on no compression: it holds back tokens, and costs memory for each socket', async () => {
    const { open } = await listening()
    expect((await open({ perMessageDeflate: true })).ws.extensions).toBe('')
  })

  test.each(['/', '/ws', '/chatkit', '/ws/stream/more', '//ws/stream'])('at %s is a 404 and ends', async (path) => {
    const { port } = await listening({ assets: async () => new Response('the page') })
    const answer = await exchange(port, [...HANDSHAKE, '', ''].join('\r\n').replace('/ws/stream', path))
    expect(answer).toMatch(/^HTTP\/1.1 404 Not Found\r\n/)
    expect(answer).toContain('"code":"not_found"')
  })

  test.each([
    ['a query passes', '/ws/stream?x=1', 101],
    ['an address that is none is refused', 'ws://elsewhere/ws/stream', 400],
  ])('%s', async (_, address, status) => {
    const { port } = await listening()
    const socket = connectTcp(port, '127.0.0.1')
    socket.write([...HANDSHAKE, '', ''].join('\r\n').replace('/ws/stream', address))
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    socket.destroy()
  })

  test('without a key is refused', async () => {
    const { port } = await listening()
    const answer = await exchange(port, [...HANDSHAKE.slice(0, -1), '', ''].join('\r\n'))
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
  })

  test('is what the address is for: any other request is told so', async () => {
    const { url } = await listening()
    const plain = await fetch(`${url}/ws/stream`)
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket'])
    expect(await plain.json()).toMatchObject({ code: 'invalid_request' })
    expect((await fetch(`${url}/ws/stream`, { method: 'POST' })).status).toBe(405)
  })

  test('whose client leaves while the app decides harms nobody', async () => {
    let decide = () => {}
    const decided = new Promise<void>((resolve) => {
      decide = resolve
    })
    let asked = 0
    const { open, port } = await listening({
      authenticate: async () => {
        asked += 1
        await decided
        return ALICE
      },
    })
    for (const end of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const socket = connectTcp(port, '127.0.0.1')
      socket.write([...HANDSHAKE, '', ''].join('\r\n'))
      const before = asked
      await expect.poll(() => asked).toBe(before + 1)
      socket.on('error', () => {})
      socket[end]()
      await once(socket, end === 'end' ? 'finish' : 'close')
    }
    decide()
    const client = await open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await client.event('complete')
  })
})

describe('an upgrade to something else', () => {
  test('is answered as if it had not been offered', async () => {
    const { port } = await listening()
    const body = JSON.stringify(requests.create())
    const request = [
      'POST /chatkit HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
      `Content-Length: ${body.length}`,
      '',
      `${body}GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    ].join('\r\n')
    const answer = await exchange(port, request)
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(answer).toContain('"delta":"there"')
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2)
  })

  test('a handler without WebSockets is asked as before', async () => {
    const server = await serve(async (request) => new Response(`asked for ${new URL(request.url).pathname}`), {
      port: 0,
    })
    served.push(server)
    await expect(connect(server.url)).rejects.toMatchObject({ status: 200, message: 'asked for /ws/stream' })
  })
})

describe('closing the server', () => {
  /** A server with a socket that follows a run which goes on until `finish`. */
  async function following() {
    const it = await listening()
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    it.respond((turn) =>
      message(
        turn,
        (async function* () {
          yield 'one '
          await finished
          yield 'two'
        })(),
      ),
    )
    const client = await it.open()
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await client.event('token')
    return { ...it, client, finish }
  }

  test('closes an idle socket at once, with 1001', async () => {
    const { open, close } = await listening()
    const client = await open()
    const closing = close(60_000)
    expect((await client.closed).code).toBe(1001)
    await closing
  })

  test('lets a run end that a socket follows, and closes then', async () => {
    const { client, close, finish } = await following()
    const closing = close(60_000)
    finish()
    expect((await client.closed).code).toBe(1001)
    await closing
    expect(client.events.at(-1)?.type).toBe('complete')
    expect(client.text('m')).toBe('one two')
  })

  test('does not wait for it longer than it was given', async () => {
    const { client, close, finish } = await following()
    await close(10)
    expect((await client.closed).code).toBe(1001)
    finish()
  })

  test('does not wait for a run that is paused', async () => {
    const { client, close, finish } = await following()
    client.send({ command: 'pause' })
    await client.event('paused')
    await close(60_000)
    expect((await client.closed).code).toBe(1001)
    finish()
  })

  test('cuts a socket that does not answer the close', async () => {
    const { open, close } = await listening()
    const client = await open()
    client.ws.pause()
    await close(0)
    client.ws.resume()
    await client.closed
  })

  test('does not wait for an app that can not decide', async () => {
    let asked = false
    const { close, port } = await listening({
      authenticate: () => {
        asked = true
        return new Promise(() => {})
      },
    })
    const answer = exchange(port, [...HANDSHAKE, '', ''].join('\r\n'))
    await expect.poll(() => asked).toBe(true)
    await close(0)
    expect(await answer).toBe('')
  })

  test('refuses the handshake of one that comes in the meantime', async () => {
    const { client, close, finish, port } = await following()
    const late = connectTcp(port, '127.0.0.1')
    await once(late, 'connect')
    // Of which the server knows once it has answered a first request.
    late.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\n')
    await once(late, 'data')
    const closing = close(60_000)
    late.write(`x${[...HANDSHAKE, '', ''].join('\r\n')}`)
    const [answer] = await once(late, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 503 /)
    finish()
    await closing
    await client.closed
  })
})
