/** Tokens over the WebSocket `/ws/stream`, one socket for each run. */
import { isObject, parseJson } from '../http-errors.ts'
import { connectionLost, StreamFailure, told, unreadable } from './stream-error.ts'
import { messagePath, noServer, type StreamHttp } from './stream-http.ts'
import { endsRun, type RunEvent, type StreamReader, type StreamRequest } from './stream-transport.ts'
import type { StreamOptions, StreamSocket } from './types.ts'

/** From the contract, section 2. */
const HEARTBEAT_MS = 30_000
const IDLE_MS = 60_000
/** The server takes 50 commands a second: it is not asked to hold back and to go on more often than this. */
const HELD_BACK_MS = 100
const OPEN = 1

export function websocketReader(options: StreamOptions, http: StreamHttp): StreamReader {
  const { maxPending = 100 } = options
  let current: StreamSocket | undefined
  return {
    stop(messageId) {
      if (current?.readyState !== OPEN) return false
      current.send(JSON.stringify({ command: 'stop', message_id: messageId }))
      return true
    },
    async *read(request, signal) {
      const socket = await connect(options, http)
      const inbox = new Inbox(socket, signal, request.messageId, maxPending)
      try {
        await inbox.opened.catch((error) => refusedBy(http, request, signal, error))
        current = socket
        socket.send(JSON.stringify(commandOf(request)))
        for (let texts = await inbox.take(); ; texts = await inbox.take()) {
          const { events, isNews } = readAll(texts, request)
          if (isNews) yield events
          const last = events.at(-1)
          if (last && endsRun(last)) return
        }
      } finally {
        if (current === socket) current = undefined
        inbox.close()
      }
    },
  }
}

async function connect(options: StreamOptions, http: StreamHttp): Promise<StreamSocket> {
  const secret = await http.secret(false)
  const address = http.address('/ws/stream')
  const base = globalThis.location?.href
  if (!URL.canParse(address, base)) throw noServer()
  const url = new URL(address, base)
  url.protocol = url.protocol.replace('http', 'ws')
  const protocols = ['millrace', ...(secret ? [`bearer.${secret}`] : [])]
  try {
    if (options.webSocket) return options.webSocket(url.href, protocols)
    if (typeof WebSocket === 'function') return new WebSocket(url.href, protocols)
  } catch (cause) {
    const message =
      'The client secret can not be sent over a WebSocket. Use another transport, or a secret of our server.'
    throw new StreamFailure('unknown', 'websocket_refused', message, { recoverable: false, cause })
  }
  const message = 'This runtime has no WebSocket. Use the transport `sse`, or give the option `webSocket`.'
  throw new StreamFailure('unknown', 'no_websocket', message, { recoverable: false })
}

/**
 * A refused handshake tells no reason. A plain request to the same server does (and refreshes an expired session); where that
 * one is answered, the socket alone is what does not work.
 */
async function refusedBy(http: StreamHttp, { messageId }: StreamRequest, signal: AbortSignal, cause: unknown) {
  if (signal.aborted) throw signal.reason
  await http.send(`${messagePath(messageId)}?after=0`, {}, signal).then(
    (response) => response.body?.cancel(),
    (error: StreamFailure) => {
      if (error.status !== 404) throw error
    },
  )
  const message = 'No WebSocket can be opened to the server. Try again, or use another transport.'
  throw new StreamFailure('network', 'websocket_refused', message, { cause })
}

function commandOf({ body, isKnown, messageId, after }: StreamRequest): object {
  return body && !isKnown ? { command: 'start', ...body } : { command: 'attach', message_id: messageId, after }
}

/** `isNews`: something was said of the run; a heartbeat says nothing. */
function readAll(texts: readonly string[], request: StreamRequest): { events: RunEvent[]; isNews: boolean } {
  const events: RunEvent[] = []
  let isNews = false
  for (const text of texts) {
    const message = parseJson(text)
    if (!isObject(message)) throw unreadable()
    if (message.message_id !== undefined && message.message_id !== request.messageId) continue
    if (message.type !== 'heartbeat') isNews = true
    const event = eventOf(message, request.after)
    if (event) events.push(event)
  }
  return { events, isNews }
}

function eventOf(message: Record<string, unknown>, after: number): RunEvent | undefined {
  const { type, token, seq, run_id, thread_id, command } = message
  switch (type) {
    case 'token': {
      if (typeof token !== 'string' || typeof seq !== 'number') throw unreadable()
      return seq > after ? { type, token, seq } : undefined
    }
    case 'started':
      return {
        type,
        ...(typeof run_id === 'string' && { runId: run_id }),
        ...(typeof thread_id === 'string' && { threadId: thread_id }),
      }
    case 'complete':
      return { type }
    case 'stopped':
      return { type: 'cancelled' }
    case 'error':
      // the answer to a command that asked for nothing new: the run itself goes on
      if (command === 'stop' || command === 'pause' || command === 'resume') return undefined
      // a command that was refused, or a log that could not be read on: the end of a run has a number
      if (command !== undefined || seq === undefined) throw refusalOf(message)
      return { type: 'failed', error: told(message, { isEnd: true }) }
    default:
      return undefined
  }
}

/** Here `message_id` is the run that the event is about; the one that is in the way goes by another name. */
function refusalOf(message: Record<string, unknown>): StreamFailure {
  const { running_message_id, retry_after_ms, code } = message
  return told(message, {
    // as the status that a request would have got
    ...(code === 'not_found' && { status: 404, isEnd: false }),
    runningMessageId: typeof running_message_id === 'string' ? running_message_id : undefined,
    retryAfterMs: typeof retry_after_ms === 'number' ? retry_after_ms : undefined,
  })
}

/**
 * What the socket said and nobody took yet. Past `max` texts it asks the server to hold back, as browsers give sockets no
 * back-pressure. A socket that is silent for a minute is taken for gone.
 */
class Inbox {
  /** Rejects where there will be no connection. */
  readonly opened: Promise<void>
  readonly #socket: StreamSocket
  readonly #signal: AbortSignal
  readonly #command: (name: 'pause' | 'resume') => void
  readonly #max: number
  readonly #timer: ReturnType<typeof setInterval>
  #texts: string[] = []
  #heardAt = Date.now()
  #isHeldBack = false
  #heldBackAt = 0
  #goingOn: ReturnType<typeof setTimeout> | undefined
  #failure: { reason: unknown } | undefined
  /** Of whoever waits for the next texts. */
  #wake = () => {}

  constructor(socket: StreamSocket, signal: AbortSignal, messageId: string, max: number) {
    this.#socket = socket
    this.#signal = signal
    this.#max = max
    this.#command = (command) => {
      if (socket.readyState === OPEN) socket.send(JSON.stringify({ command, message_id: messageId }))
    }
    this.opened = new Promise<void>((resolve) => {
      socket.addEventListener('open', resolve)
      this.#wake = resolve
    }).then(() => {
      if (this.#failure) throw this.#failure.reason
    })
    socket.addEventListener('message', ({ data }) => this.#receive(data))
    socket.addEventListener('error', () => this.#fail(connectionLost()))
    socket.addEventListener('close', () => this.#fail(connectionLost()))
    signal.addEventListener('abort', this.#leave)
    if (signal.aborted) this.#leave()
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** All that came since, or what comes next. Throws once the connection is lost and all was taken. */
  async take(): Promise<string[]> {
    while (this.#texts.length === 0) {
      if (this.#failure) throw this.#failure.reason
      if (this.#isHeldBack) this.#goOnSoon()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const texts = this.#texts
    this.#texts = []
    return texts
  }

  close(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#goingOn)
    this.#signal.removeEventListener('abort', this.#leave)
    if (this.#socket.readyState <= OPEN) this.#socket.close()
  }

  #leave = () => {
    this.#texts = []
    this.#fail(this.#signal.reason)
  }

  #receive(data: unknown): void {
    if (this.#failure) return
    this.#heardAt = Date.now()
    this.#texts.push(String(data))
    if (this.#texts.length > this.#max && !this.#isHeldBack) this.#holdBack()
    this.#wake()
  }

  #holdBack(): void {
    this.#isHeldBack = true
    this.#heldBackAt = Date.now()
    this.#command('pause')
  }

  #goOnSoon(): void {
    this.#goingOn ??= setTimeout(
      () => {
        this.#goingOn = undefined
        this.#isHeldBack = false
        this.#command('resume')
      },
      Math.max(0, this.#heldBackAt + HELD_BACK_MS - Date.now()),
    )
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason }
    this.#wake()
  }

  #beat(): void {
    if (Date.now() - this.#heardAt > IDLE_MS) this.#fail(connectionLost())
    else if (this.#socket.readyState === OPEN) this.#socket.send('{"type":"heartbeat"}')
  }
}
