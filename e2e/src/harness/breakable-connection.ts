/** A TCP proxy before a server, whose connections a test can cut and refuse: a network that fails. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { atEnd } from './cleanup.ts'

export interface BreakableConnection {
  /** The same server, over this connection. */
  readonly url: string
  /** Cuts every open connection, in the middle of whatever they carry. */
  cut(): void
  /** Cuts and refuses every connection until `restore`. */
  break(): void
  /** Cuts every connection and lets new ones wait until `restore`: a server that takes its time to come back. */
  hold(): void
  restore(): void
}

export async function breakableConnection(serverUrl: string): Promise<BreakableConnection> {
  const target = Number(new URL(serverUrl).port)
  const sockets = new Set<Socket>()
  let state: 'open' | 'broken' | 'held' = 'open'
  const waiting: Socket[] = []
  const join = (inner: Socket) => {
    const outer = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(socket)
      // Whatever ends one side ends the other; a reset is what is wanted here.
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
  const proxy = createServer((inner) => {
    if (state === 'broken') inner.resetAndDestroy()
    else if (state === 'held') waiting.push(inner)
    else join(inner)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  atEnd(() => {
    cut()
    for (const socket of waiting) socket.destroy()
    return new Promise((resolve) => proxy.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut,
    break() {
      state = 'broken'
      cut()
    },
    hold() {
      state = 'held'
      cut()
    },
    restore() {
      state = 'open'
      for (const socket of waiting.splice(0)) if (!socket.destroyed) join(socket)
    },
  }
}
