import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, expect, test } from 'vitest'
import { listening, started } from './test-socket-server.ts'

const WORDS = Array.from({ length: 40 }, (_, n) => `word${n} `)

describe('bad commands', () => {
  test.each([
    ['no JSON', '{', undefined],
    ['no object', '[1]', undefined],
    ['null', 'null', undefined],
    ['no command', '{}', 'command'],
    ['an unknown command', '{"command":"fly"}', 'command'],
    ['a command of another type', '{"command":{}}', 'command'],
    ['a start without a message', '{"command":"start"}', 'message'],
    ['a start with another message', '{"command":"start","message":7}', 'message'],
    ['a message id that is none', '{"command":"start","message":"x","message_id":"no spaces"}', 'message_id'],
    ['a pause of what is no id', '{"command":"pause","message_id":[]}', 'message_id'],
    ['an attach to nothing', '{"command":"attach"}', 'message_id'],
    ['__proto__', '{"__proto__":{"command":"stop"}}', 'command'],
    ['a binary message', new Uint8Array([1, 2, 3]), undefined],
  ])('%s: an error says so and the socket stays', async (_, sent, param) => {
    const client = await (await listening()).open()
    client.ws.send(sent)
    expect(await client.event('error')).toMatchObject({
      code: 'invalid_request',
      param: param ?? null,
      recoverable: false,
    })
    client.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await client.event('complete')
  })

  test('an exception of the app tells nothing', async () => {
    const it = await listening()
    it.store.loadThread = () => Promise.reject(new Error('connection string with a secret'))
    const client = await it.open()
    client.send({ command: 'start', message: 'Hi', thread_id: 'thr_1' })
    const error = await client.event('error')
    expect(error).toMatchObject({ code: 'server_error', recoverable: true })
    expect(error.error).not.toContain('secret')
  })

  test('a message over 256 KiB closes the socket, one of that size does not', async () => {
    const client = await (await listening()).open()
    client.ws.send('x'.repeat(256 * 1024))
    await client.event('error')
    client.ws.send('x'.repeat(256 * 1024 + 1))
    expect((await client.closed).code).toBe(1009)
  })

  test('so does a megabyte', async () => {
    const client = await (await listening()).open()
    client.ws.send('x'.repeat(1024 * 1024))
    expect((await client.closed).code).toBe(1009)
  })

  test('50 commands in a second are answered, one more closes the socket', async () => {
    const client = await (await listening()).open()
    for (let n = 0; n < 50; n += 1) client.send({ command: 'pause' })
    await client.event('error', 50)
    const another = await (await listening()).open()
    for (let n = 0; n < 51; n += 1) another.send({ type: 'heartbeat' })
    expect((await another.closed).code).toBe(1008)
  })

  test('10,000 at once end in 1008, and other sockets do not notice', async () => {
    const { open, client, hi } = await started()
    const flooder = await open()
    for (let n = 0; n < 10_000; n += 1) flooder.send({ command: 'start', message: `flood ${n}` })
    for (const word of WORDS) await hi.push(word)
    hi.close()
    await client.event('complete')
    expect(client.text('m')).toBe(WORDS.join(''))
    expect((await flooder.closed).code).toBe(1008)
  })

  test('garbage of every kind crashes nothing and closes nothing', async () => {
    const { open } = await started({ webSocket: { maxCommandsPerSecond: 100_000 } })
    const client = await open()
    const random = seeded(4)
    let sent = 0
    for (let n = 0; n < 500; n += 1) {
      client.ws.send(garbage(random))
      sent += 1
      if (n % 50 === 0) await client.event(() => true, client.events.length + 1)
    }
    client.send({ command: 'start', message: 'after all that', message_id: 'last' })
    await client.event((event) => event.type === 'started' && event.message_id === 'last')
    expect(client.events.length).toBeGreaterThan(sent / 2)
  })
})

test('bytes that are no WebSocket frames end their connection and nothing else', async () => {
  const { url, client, hi } = await started()
  const random = seeded(7)
  const handshake = [
    'GET /ws/stream HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ].join('\r\n')
  for (let n = 0; n < 40; n += 1) {
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write(`${handshake}\r\n\r\n`)
    socket.write(Uint8Array.from({ length: 2 + Math.floor(random() * 500) }, () => Math.floor(random() * 256)))
    if (random() < 0.5) await once(socket, 'data')
    // Some of it may be the head of a long frame, whose rest is waited for.
    socket.end()
    await once(socket, 'close')
  }
  for (const word of WORDS) await hi.push(word)
  hi.close()
  await client.event('complete')
  expect(client.text('m')).toBe(WORDS.join(''))
})

/** A generator of numbers from 0 to 1 (mulberry32), the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function garbage(random: () => number): string | Uint8Array {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const value = (): unknown =>
    pick<() => unknown>([
      () => null,
      () => random() * 2 ** 60,
      () => -1,
      () => 'm',
      () => '\u0000\ud800"\\',
      () => 'x'.repeat(Math.floor(random() * 1000)),
      () => [value()],
      () => ({ [pick(['command', 'type', '__proto__', 'message_id'])]: value() }),
      () => true,
    ])()
  const kind = random()
  if (kind < 0.1) return Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256))
  const fields: Record<string, unknown> = {}
  for (const name of ['command', 'type', 'message', 'message_id', 'thread_id', 'after', 'metadata']) {
    if (random() < 0.5) fields[name] = value()
  }
  if (random() < 0.7) fields.command = pick(['start', 'stop', 'pause', 'resume', 'attach', 'toString'])
  const text = JSON.stringify(fields)
  return kind < 0.3 ? text.slice(0, Math.floor(random() * text.length)) : text
}
