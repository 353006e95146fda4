import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type FaultyProxy, type FaultyProxyOptions, faultyProxy } from './faulty-proxy.ts'

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that does `serve` with each connection, behind a proxy. */
async function behindProxy(serve: (socket: Socket) => void, options?: FaultyProxyOptions): Promise<FaultyProxy> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const proxy = await faultyProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, options)
  ends.push(() => proxy.stop())
  return proxy
}

interface Client {
  socket: Socket
  /** What came, packet by packet. */
  packets: Buffer[]
  text(): string
  /** Resolves with how it ended. */
  over: Promise<'ended' | 'reset'>
}

function client(proxy: FaultyProxy): Client {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  const packets: Buffer[] = []
  socket.on('data', (bytes: Buffer) => packets.push(bytes))
  const over = new Promise<'ended' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('ended'))
    socket.on('error', () => resolve('reset'))
  })
  ends.push(() => socket.destroy())
  return { socket, packets, over, text: () => Buffer.concat(packets).toString() }
}

const echo = (socket: Socket) => socket.pipe(socket)
const says = (text: string | Buffer) => (socket: Socket) => socket.end(text)

test('a sound proxy changes nothing, in both directions, half-open connections included', async () => {
  const proxy = await behindProxy(echo)
  const { socket, text, over } = client(proxy)
  const sent = 'x'.repeat(1_000_000)
  socket.end(sent)
  expect(await over).toBe('ended')
  expect(text()).toBe(sent)
  expect(proxy.connections).toBe(1)
})

test.each([0, 1, 7, 99])('a cut after %i bytes lets exactly so many through', async (after) => {
  const proxy = await behindProxy((socket) => socket.write('y'.repeat(100)))
  proxy.plan(() => ({ cut: { after, how: 'end' } }))
  const { over, text } = client(proxy)
  expect(await over).toBe('ended')
  expect(text()).toBe('y'.repeat(after))
})

test('a cut by reset looks like one on both sides', async () => {
  const errors: (string | undefined)[] = []
  const proxy = await behindProxy((socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code))
    socket.write('hello')
  })
  const { text, over } = client(proxy)
  await expect.poll(text).toBe('hello')
  proxy.cut()
  expect(await over).toBe('reset')
  await expect.poll(() => errors).toEqual(['ECONNRESET'])
})

test('what the client sends can be cut, too', async () => {
  const heard: string[] = []
  const proxy = await behindProxy((socket) => {
    socket.on('data', (bytes) => heard.push(bytes.toString()))
    socket.on('end', () => heard.push('end'))
  })
  proxy.plan(() => ({ cut: { after: 4, of: 'up', how: 'end' } }))
  client(proxy).socket.write('GET / HTTP/1.1')
  await expect.poll(() => heard).toEqual(['GET ', 'end'])
})

test('faults are planned for each connection by its number', async () => {
  const proxy = await behindProxy(says('whole'))
  proxy.plan((connection) => (connection === 1 ? { refuse: true } : {}))
  const [first, second, third] = [client(proxy), client(proxy), client(proxy)]
  expect([await first.over, await second.over, await third.over]).toEqual(['ended', 'reset', 'ended'])
  expect([first.text(), second.text(), third.text()]).toEqual(['whole', '', 'whole'])
})

test('bytes are split inside of characters and between CR and LF, in the same way for the same seed', async () => {
  const text = 'id: 1\r\n🌊é\r\n\r\n'.repeat(8)
  const sizes: number[][] = []
  for (const seed of [7, 7, 8]) {
    const proxy = await behindProxy(says(text), { seed })
    proxy.behave({ split: 'random', delayMs: 1 })
    const each = client(proxy)
    expect(await each.over).toBe('ended')
    expect(each.text()).toBe(text)
    sizes.push(each.packets.map(({ length }) => length))
  }
  expect(sizes[0]?.length).toBeGreaterThan(8)
  const bytes = await behindProxy(says(text))
  bytes.behave({ split: 1 })
  const each = client(bytes)
  await each.over
  expect(each.packets.length).toBeGreaterThan(text.length / 2)
  expect(each.text()).toBe(text)
})

test('a held connection stands until it is released, and nothing is lost', async () => {
  const proxy = await behindProxy(echo)
  const { socket, text } = client(proxy)
  socket.write('before ')
  await expect.poll(text).toBe('before ')
  proxy.behave({ hold: true })
  socket.write('after')
  const later = client(proxy)
  later.socket.write('later')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([text(), later.text()]).toEqual(['before ', ''])
  proxy.restore()
  await expect.poll(() => [text(), later.text()]).toEqual(['before after', 'later'])
})

test('a connection that is made while it is held waits for a server that is not there yet', async () => {
  let port: number | undefined
  const proxy = await faultyProxy(() => (port === undefined ? undefined : { host: '127.0.0.1', port }))
  ends.push(() => proxy.stop())
  proxy.behave({ hold: true })
  const { text, over } = client(proxy)
  await expect.poll(() => proxy.connections).toBe(1)
  port = (await behindProxy(says('here'))).port
  proxy.restore()
  expect(await over).toBe('ended')
  expect(text()).toBe('here')
})

test('a delay holds back each byte and keeps their order', async () => {
  const proxy = await behindProxy(echo)
  proxy.behave({ delayMs: 60 })
  const { socket, text } = client(proxy)
  const sentAt = performance.now()
  for (const word of ['one ', 'two ', 'three']) socket.write(word)
  await expect.poll(text, { interval: 1 }).toBe('one two three')
  // Once up and once down.
  expect(performance.now() - sentAt).toBeGreaterThan(115)
})

test('a throttled connection carries so many bytes a second, until it is restored', async () => {
  const proxy = await behindProxy((socket) => socket.write('z'.repeat(1_000_000)))
  proxy.behave({ bytesPerSecond: 10_000 })
  const { text } = client(proxy)
  await expect.poll(() => text().length).toBeGreaterThan(1000)
  expect(text().length).toBeLessThan(100_000)
  proxy.restore()
  await expect.poll(() => text().length).toBe(1_000_000)
})

test('a half-closed direction ends, and the other goes on', async () => {
  const heard: string[] = []
  const proxy = await behindProxy((socket) => {
    socket.write('down')
    socket.on('data', (bytes) => heard.push(bytes.toString()))
  })
  const { socket, over, text } = client(proxy)
  await expect.poll(text).toBe('down')
  proxy.halfClose('down')
  expect(await over).toBe('ended')
  socket.write('still heard')
  await expect.poll(() => heard.join('')).toBe('still heard')
})

test('a half-close after so many bytes', async () => {
  const proxy = await behindProxy((socket) => socket.write('0123456789'))
  proxy.plan(() => ({ halfClose: { after: 4 } }))
  const { over, text } = client(proxy)
  expect(await over).toBe('ended')
  expect(text()).toBe('0123')
})

test('it stops at once, whatever its connections are in', async () => {
  const proxy = await behindProxy((socket) => socket.write('x'))
  const clients = [client(proxy), client(proxy), client(proxy)]
  await expect.poll(() => clients.map(({ text }) => text())).toEqual(['x', 'x', 'x'])
  clients[0]?.socket.end()
  clients[1]?.socket.destroy()
  proxy.halfClose('down')
  proxy.behave({ hold: true })
  client(proxy)
  await proxy.stop()
})

test('a balancer asks for each connection where it goes, and nowhere is a reset', async () => {
  const [a, b] = [await behindProxy(says('a')), await behindProxy(says('b'))]
  const ports: (number | undefined)[] = [a.port, b.port, undefined]
  const balancer = await faultyProxy(() => {
    const port = ports.shift()
    return port === undefined ? undefined : { host: '127.0.0.1', port }
  })
  ends.push(() => balancer.stop())
  const clients = [client(balancer), client(balancer), client(balancer)]
  const overs = await Promise.all(clients.map(({ over }) => over))
  expect(overs).toEqual(['ended', 'ended', 'reset'])
  expect(clients.map(({ text }) => text())).toEqual(['a', 'b', ''])
})

test('a server that is not there resets the connection', async () => {
  const unused = createServer()
  await new Promise<void>((resolve) => unused.listen(0, '127.0.0.1', resolve))
  const { port } = unused.address() as AddressInfo
  await new Promise((resolve) => unused.close(resolve))
  const proxy = await faultyProxy({ host: '127.0.0.1', port })
  ends.push(() => proxy.stop())
  expect(await client(proxy).over).toBe('reset')
})
