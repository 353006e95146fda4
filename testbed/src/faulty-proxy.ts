/** A TCP proxy before any server: a network that breaks on command, and with the same seed in the same way. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Direction, Flow } from './faulty-flow.ts'
import { seededRandom } from './seeded-random.ts'

/** What a connection suffers. `{}` is a sound network. */
export interface Faults {
  /** Cuts the connection once that many bytes have passed (0: at the first), by default from the server and with a reset. */
  cut?: { after: number; of?: Direction; how?: 'reset' | 'end' }
  /** After that many bytes of one direction its receiver is told that the sender has ended; the other direction goes on. */
  halfClose?: { after: number; of?: Direction }
  /** Every byte arrives so many milliseconds later. */
  delayMs?: number
  /** In each direction. */
  bytesPerSecond?: number
  /** Bytes of a packet at most, or pieces of 1 to 24 bytes, chosen anew for each: also inside of a character. */
  split?: number | 'random'
  /** Connections stand and nothing passes, until the faults change. */
  hold?: boolean
  /** New connections are reset at once. */
  refuse?: boolean
}

export interface Target {
  host: string
  port: number
}

export interface FaultyProxyOptions {
  /** What is random is the same for the same seed and the same order of connections. Default 1. */
  seed?: number
}

export interface FaultyProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly port: number
  /** Connections that were made so far. */
  readonly connections: number
  /** The faults of all connections, open and to come, instead of those before. */
  behave(faults: Faults): void
  /** Besides `behave`, what each connection to come suffers, by its number among them (0, 1, 2 …). */
  plan(faultsOf: (connection: number) => Faults): void
  /** Cuts what is open, in the middle of whatever it carries. Default: with a reset. */
  cut(how?: 'reset' | 'end'): void
  /** Tells the receiver of that direction, on each open connection, that the sender has ended. */
  halfClose(direction: Direction): void
  /** A sound network again, for open connections and those to come. */
  restore(): void
  /** Cuts everything and listens no more. */
  stop(): Promise<void>
}

/** One connection: a socket to the client and one to the server. */
interface Link {
  cut(how: 'reset' | 'end'): void
  halfClose(direction: Direction): void
  changed(): void
  /** Takes back what was planned for this connection. */
  unplan(): void
}

/**
 * Starts a proxy on a free port of this machine.
 * @param target Where its connections lead; a function is asked for each (a balancer), and undefined resets the connection.
 * @example
 * const proxy = await faultyProxy({ host: '127.0.0.1', port: served.port })
 * proxy.plan((connection) => (connection === 0 ? { cut: { after: 700 } } : {}))
 */
export async function faultyProxy(
  target: Target | (() => Target | undefined),
  { seed = 1 }: FaultyProxyOptions = {},
): Promise<FaultyProxy> {
  const links = new Set<Link>()
  /** Made while connections are held: their server need not be there yet. */
  const waiting = new Map<Socket, Faults>()
  let shared: Faults = {}
  let planned: (connection: number) => Faults = () => ({})
  let sincePlan = 0
  let connections = 0
  const randomOf = (stream: number) => seededRandom(seed * 1_000_003 + stream)

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (inner) => {
    const own = planned(sincePlan++)
    connections += 1
    if ({ ...shared, ...own }.hold) waiting.set(inner.on('error', ignore), own)
    else accept(inner, own)
  })

  function accept(inner: Socket, own: Faults): void {
    const goal = typeof target === 'function' ? target() : target
    if (!goal || { ...shared, ...own }.refuse) reset(inner.on('error', ignore))
    else join(inner, connect({ ...goal, allowHalfOpen: true, noDelay: true }), own)
  }

  function join(inner: Socket, outer: Socket, planned: Faults): void {
    let own = planned
    const faults = () => ({ ...shared, ...own })
    const cut = (how: 'reset' | 'end') => {
      flows.down.stop()
      flows.up.stop()
      if (how === 'end') for (const socket of [inner, outer]) socket.destroySoon()
      else for (const socket of [inner, outer]) reset(socket)
    }
    const flows = {
      down: new Flow({ direction: 'down', from: outer, to: inner, faults, cut, random: randomOf(2 * connections) }),
      up: new Flow({ direction: 'up', from: inner, to: outer, faults, cut, random: randomOf(2 * connections + 1) }),
    }
    const link: Link = {
      cut,
      halfClose: (direction) => flows[direction].halfClose(),
      changed() {
        flows.down.changed()
        flows.up.changed()
      },
      unplan() {
        own = {}
      },
    }
    links.add(link)
    inner.on('error', () => reset(outer))
    outer.on('error', () => reset(inner))
    for (const socket of [inner, outer]) {
      socket.on('close', () => {
        if (inner.closed && outer.closed) links.delete(link)
      })
    }
  }

  const behave = (faults: Faults) => {
    shared = faults
    for (const link of links) link.changed()
    for (const [inner, own] of waiting) {
      if ({ ...shared, ...own }.hold) continue
      waiting.delete(inner)
      if (!inner.destroyed) accept(inner, own)
    }
  }
  const cut = (how: 'reset' | 'end' = 'reset') => {
    for (const link of links) link.cut(how)
    for (const inner of waiting.keys()) reset(inner)
    waiting.clear()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections
    },
    behave,
    plan(faultsOf) {
      planned = faultsOf
      sincePlan = 0
    },
    cut,
    halfClose(direction) {
      for (const link of links) link.halfClose(direction)
    },
    restore() {
      planned = () => ({})
      for (const link of links) link.unplan()
      for (const inner of waiting.keys()) waiting.set(inner, {})
      behave({})
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
    },
  }
}

/**
 * A reset and nothing before it: Node's own `resetAndDestroy` ends the writable side first, so that the other side sees an
 * orderly end or a reset, as it happens. This is the mark by which it remembers what its `destroy` is to do.
 */
function reset(socket: Socket): void {
  if (socket.connecting) socket.resetAndDestroy()
  // Where an end is on its way already, a reset fails and the socket would never close.
  else if (socket.writableEnded) socket.destroy()
  else Object.assign(socket, { resetAndClosing: true }).destroy()
}

/** Of a connection that is refused nobody wants to know more. */
function ignore(): void {}
