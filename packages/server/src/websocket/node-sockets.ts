/** WebSockets on Node: takes the upgrades of an HTTP server, asks the app, and runs each socket with `ws`. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ChatKitError } from '@millrace/protocol'
import { WebSocket, WebSocketServer } from 'ws'
import { errorResponse } from '../http/errors.ts'
import type { Connect } from './routes.ts'
import { CLOSE, MAX_MESSAGE_BYTES, type SocketSession, SUBPROTOCOL } from './socket.ts'
import { textFrames } from './text-frames.ts'

/** Time for a client's answer to a close. Beyond it the connection is cut. */
const CLOSING_MS = 2000

/** The same at the server's end, behind the grace. */
const LAST_WORDS_MS = 100

export interface NodeSockets {
  /**
   * Closes with 1001: at once what follows no run, the rest when its runs have ended or after `graceMs` milliseconds. Cuts
   * what lingers.
   */
  close(graceMs: number): Promise<void>
}

/** A connection that is no longer the HTTP server's. */
interface Connection {
  socket: Duplex
  closed: Promise<void>
  /** Once the handshake is done. */
  open?: { ws: WebSocket; session: SocketSession }
}

/** Serves the WebSockets of an HTTP server. */
export function nodeSockets(server: Server, connect: Connect): NodeSockets {
  const connections = new Set<Connection>()
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  })
  let isClosing = false

  const shake = async (request: IncomingMessage, connection: Connection, head: Buffer): Promise<void> => {
    const answer = isClosing ? goingAway() : await answerTo(request, connect)
    if (answer instanceof Response) return refuse(connection.socket, answer)
    handshakes.handleUpgrade(request, connection.socket, head, (ws) => {
      connection.open = { ws, session: answer }
      run(connection.socket, ws, answer)
      if (isClosing) answer.goAway()
    })
  }

  server.on('upgrade', (request, socket, head) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return answerAsPlain(server, request, socket, head)
    const connection: Connection = { socket, closed: new Promise((resolve) => socket.once('close', () => resolve())) }
    connections.add(connection)
    void connection.closed.then(() => connections.delete(connection))
    // A connection that breaks while the app decides: `close` follows.
    socket.on('error', () => {})
    shake(request, connection, head).catch(() => socket.destroy())
  })

  const allClosed = (withinMs: number) => within(Promise.all([...connections].map(({ closed }) => closed)), withinMs)

  return {
    async close(graceMs) {
      isClosing = true
      for (const { open } of connections) open?.session.goAway()
      await allClosed(graceMs)
      for (const { open } of connections) open?.ws.close(CLOSE.goingAway)
      await allClosed(LAST_WORDS_MS)
      for (const { socket } of connections) socket.destroy()
    },
  }
}

function run(socket: Duplex, ws: WebSocket, session: SocketSession): void {
  let cut: NodeJS.Timeout | undefined
  const cutSoon = () => {
    cut ??= setTimeout(() => socket.destroy(), CLOSING_MS)
  }
  socket.on('drain', () => session.drained())
  ws.on('message', (data, isBinary) => session.receive(isBinary ? bytesOf(data) : data.toString()))
  ws.on('ping', () => session.heard())
  ws.on('pong', () => session.heard())
  ws.on('error', () => {
    // A message that is too long or no WebSocket's: `ws` has sent the close already.
    session.closed()
    cutSoon()
  })
  ws.on('close', () => {
    clearTimeout(cut)
    session.closed()
  })
  session.open({
    send(messages) {
      // Past `ws`, which holds nothing back where nothing is compressed: its own frames go to the same socket, whole.
      if (ws.readyState === WebSocket.OPEN) socket.write(textFrames(messages))
    },
    close(code, reason) {
      ws.close(code, reason)
      cutSoon()
    },
    get bufferedAmount() {
      return ws.bufferedAmount
    },
  })
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data)
  return new Uint8Array(data)
}

async function answerTo(message: IncomingMessage, connect: Connect): Promise<Response | SocketSession> {
  try {
    return await connect(requestOf(message))
  } catch (error) {
    return errorResponse(error)
  }
}

function requestOf({ headers: { host = 'localhost' }, url = '/', rawHeaders }: IncomingMessage): Request {
  const address = `http://${host}${url}`
  if (!url.startsWith('/') || !URL.canParse(address)) {
    throw new ChatKitError('invalid_request', 'The address of the request can not be read.')
  }
  const headers = new Headers()
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) headers.append(rawHeaders[n] ?? '', rawHeaders[n + 1] ?? '')
  return new Request(address, { headers })
}

function goingAway(): Response {
  return errorResponse(new ChatKitError('unavailable', 'The server is going away. Try again in a moment.'))
}

/** Writes a whole answer to a connection that is no longer the HTTP server's, and ends it. */
async function refuse(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer())
  const headers = new Headers(response.headers)
  headers.set('connection', 'close')
  headers.set('content-length', String(body.length))
  const lines = [`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`]
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  socket.once('finish', () => socket.destroy())
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
}

/**
 * A server that takes upgrades is given all of them, and some clients offer HTTP/2 with every request (`Upgrade: h2c`). Such
 * an offer may be ignored (RFC 9110, 7.8): the request goes back to the server without it.
 */
function answerAsPlain(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  const { rawHeaders } = request
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    if (rawHeaders[n]?.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([done, over])
  clearTimeout(timer)
}
