/** A server behind a real socket and clients of it, for tests; all of them end with the test. */
import { Channel, type ThreadStreamEvent } from '@millrace/protocol'
import { afterEach } from 'vitest'
import { createApp } from '../http/app.ts'
import { type Served, serve } from '../node.ts'
import type { ChatKitServerOptions } from '../options.ts'
import { ALICE, BOB, message, type TestServer, type TestUser, testServer } from '../testing/test-server.ts'
import type { Turn } from '../turn.ts'
import type { Socket, SocketOptions, SocketSession } from './socket.ts'
import { connect, type TestClient } from './test-client.ts'

const servers: Served[] = []
const clients: TestClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.ws.terminate()
  for (const server of servers.splice(0)) await server.close()
})

export interface Listening extends Omit<TestServer, 'open'> {
  url: string
  /** Opens a socket as Alice, or as Bob. */
  open(user?: 'alice' | 'bob'): Promise<TestClient>
}

export interface ListeningOptions extends Partial<ChatKitServerOptions<TestUser>> {
  webSocket?: Partial<SocketOptions>
  onError?(error: unknown): void
  /** Sees the server's end of every socket before its session does. */
  watch?(socket: Socket): Socket
}

export async function listening({
  webSocket = {},
  watch,
  onError = () => {},
  ...options
}: ListeningOptions = {}): Promise<Listening> {
  const it = testServer(options)
  const authenticate = (request: Request) => (request.headers.get('x-user') === 'bob' ? BOB : ALICE)
  const app = createApp({ server: it.server, authenticate, webSocket, onError })
  const connectWatched = async (request: Request): Promise<Response | SocketSession> => {
    const session = await app.connect(request)
    return session instanceof Response || !watch ? session : watched(session, watch)
  }
  const served = await serve(Object.assign(app.bind(undefined), { connect: connectWatched }), { port: 0 })
  servers.push(served)
  const open = async (user = 'alice') => {
    const client = await connect(served.url, { headers: { 'x-user': user } })
    clients.push(client)
    return client
  }
  return { ...it, url: served.url, open }
}

function watched(session: SocketSession, watch: (socket: Socket) => Socket): SocketSession {
  return {
    protocol: session.protocol,
    open: (socket) => session.open(watch(socket)),
    receive: (said) => session.receive(said),
    heard: () => session.heard(),
    drained: () => session.drained(),
    closed: () => session.closed(),
    goAway: () => session.goAway(),
  }
}

export interface Dictated {
  /** What is pushed here is said in the answer to that message, until it is closed. */
  answerTo(text: string): Channel<string>
  script(turn: Turn<TestUser>): AsyncIterable<ThreadStreamEvent>
}

/** An assistant that is told each token. */
export function dictated(): Dictated {
  const answers = new Map<string, Channel<string>>()
  const answerTo = (text: string): Channel<string> => {
    const channel = answers.get(text) ?? new Channel<string>({ limit: Number.POSITIVE_INFINITY })
    answers.set(text, channel)
    return channel
  }
  return {
    answerTo,
    script(turn) {
      const [part] = turn.input?.content ?? []
      return message(turn, answerTo(part?.type === 'input_text' ? part.text : ''))
    },
  }
}

export interface Started extends Listening {
  client: TestClient
  /** The answer to `Hi`. */
  hi: Channel<string>
  answerTo(text: string): Channel<string>
}

/** A server whose assistant is dictated to, and a client that has started the run `m` with the message `Hi`. */
export async function started(options: ListeningOptions = {}): Promise<Started> {
  const it = await listening(options)
  const { answerTo, script } = dictated()
  it.respond(script)
  const client = await it.open()
  client.send({ command: 'start', message: 'Hi', message_id: 'm' })
  await client.event('started')
  return { ...it, answerTo, client, hi: answerTo('Hi') }
}
