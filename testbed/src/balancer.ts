/**
 * A small HTTP balancer: each request, and each WebSocket, goes to the next node that says it is ready. No sticky sessions:
 * whichever node gets a request can answer it.
 */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** Between two looks at a node's `/health`. */
const LOOK_MS = 200

export interface BalancerOptions {
  /** Addresses of the nodes, as `http://127.0.0.1:4001`. */
  nodes: readonly string[]
  /** 0, the default, picks a free one. */
  port?: number
}

export interface Balancer {
  readonly url: string
  /** The nodes that get requests right now. */
  ready(): string[]
  stop(): Promise<void>
}

interface Node {
  readonly url: URL
  isReady: boolean
}

/** Starts a balancer in front of nodes, which may come and go. */
export async function startBalancer({ nodes, port = 0 }: BalancerOptions): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true })
  const known: Node[] = nodes.map((url) => ({ url: new URL(url), isReady: false }))
  let turn = 0

  const candidates = (): Node[] => {
    const ready = known.filter((node) => node.isReady)
    turn += 1
    return ready.map((_, index) => ready[(turn + index) % ready.length]).filter((node) => node !== undefined)
  }
  const look = async (node: Node) => {
    node.isReady = await isHealthy(node.url)
  }
  const server = createServer((incoming, outgoing) => forward(incoming, outgoing, { agent, nodes: candidates() }))
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    tunnel(incoming, { socket, head }, candidates())
  })
  await Promise.all(known.map(look))
  const watch = setInterval(() => void Promise.all(known.map(look)), LOOK_MS)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    ready: () => known.filter(({ isReady }) => isReady).map(({ url }) => url.origin),
    async stop() {
      clearInterval(watch)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

async function isHealthy(url: URL): Promise<boolean> {
  try {
    const { status } = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(2000) })
    return status === 200
  } catch {
    return false
  }
}

interface Route {
  agent: Agent
  nodes: Node[]
}

/** A node that can't be reached got nothing of the request, so the next one gets it. */
function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { agent, nodes: [node, ...others] }: Route,
): void {
  if (!node) {
    const error = { type: 'error', error: 'No node is ready. Try again in a moment.', code: 'unavailable', param: null }
    outgoing.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify(error))
    return
  }
  const { method, url: path, headers } = incoming
  const { hostname, port } = node.url
  // `host` stays as the client wrote it: a node compares it with the page's origin.
  const sent = request({ agent, hostname, port, method, path, headers })
  let isConnected = false
  const send = () => {
    isConnected = true
    incoming.pipe(sent)
  }
  sent.on('socket', (socket) => (socket.connecting ? socket.once('connect', send) : send()))
  sent.on('response', (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
    outgoing.flushHeaders()
    response.pipe(outgoing)
    response.on('error', () => outgoing.destroy())
    // A body that was cut must look cut to the client.
    response.on('close', () => response.complete || outgoing.destroy())
  })
  sent.on('error', () => {
    if (isConnected || outgoing.headersSent) return outgoing.destroy()
    node.isReady = false
    forward(incoming, outgoing, { agent, nodes: others })
  })
  outgoing.on('close', () => sent.destroy())
}

function tunnel(incoming: IncomingMessage, client: { socket: Duplex; head: Buffer }, [node]: Node[]): void {
  const { socket, head } = client
  if (!node) {
    socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n')
    return
  }
  const upstream = connect(Number(node.url.port), node.url.hostname, () => {
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`]
    for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
      lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`)
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
    upstream.write(head)
    upstream.pipe(socket).pipe(upstream)
  })
  upstream.on('error', () => socket.destroy())
  upstream.on('close', () => socket.destroy())
  socket.on('error', () => upstream.destroy())
  socket.on('close', () => upstream.destroy())
}
