/** The other end of a socket, for tests: sends commands and keeps what comes. */
import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'

/** An event of the server; the fields that it has depend on its type. */
export interface SocketEvent {
  type: string
  message_id?: string
  token?: string
  seq?: number
  code?: string
  param?: string | null
  command?: string
  recoverable?: boolean
  error?: string
  [extra: string]: unknown
}

export class TestClient {
  readonly events: SocketEvent[] = []
  readonly ws: WebSocket
  /** How the socket was closed. */
  readonly closed: Promise<{ code: number; reason: string }>
  #arrived: (() => void)[] = []

  constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data) => {
      this.events.push(JSON.parse(data.toString()))
      for (const wake of this.#arrived.splice(0)) wake()
    })
    ws.on('error', () => {})
    this.closed = new Promise((resolve) =>
      ws.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        for (const wake of this.#arrived.splice(0)) wake()
      }),
    )
  }

  send(command: object): void {
    this.ws.send(JSON.stringify(command))
  }

  /** The `n`th event (from 1) that the condition holds for, as soon as it is there. */
  async event(condition: string | ((event: SocketEvent) => boolean), n = 1): Promise<SocketEvent> {
    const holds = typeof condition === 'string' ? (event: SocketEvent) => event.type === condition : condition
    for (;;) {
      const found = this.events.filter(holds)[n - 1]
      if (found) return found
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error(`Closed. Came: ${JSON.stringify(this.events)}`)
      await new Promise<void>((resolve) => this.#arrived.push(resolve))
    }
  }

  /** The text that came of a run. */
  text(messageId: string): string {
    return this.tokens(messageId)
      .map(({ token }) => token)
      .join('')
  }

  tokens(messageId: string): SocketEvent[] {
    return this.events.filter((event) => event.type === 'token' && event.message_id === messageId)
  }

  close(): Promise<unknown> {
    this.ws.close()
    return this.closed
  }
}

/** Opens a socket at `/ws/stream` of a server. Rejects with the status where the server refuses. */
export async function connect(
  url: string,
  { path = '/ws/stream', protocols, ...options }: ClientOptions & { path?: string; protocols?: string[] } = {},
): Promise<TestClient> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocols, options)
  const client = new TestClient(ws)
  const refused = new Promise<never>((_, reject) =>
    ws.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('close', () => reject(Object.assign(new Error(body), { status: response.statusCode })))
    }),
  )
  await Promise.race([once(ws, 'open'), refused])
  return client
}
