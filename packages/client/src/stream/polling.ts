/** Tokens by asking again and again, where no stream comes through. */
import { delay } from '../backoff.ts'
import { isObject, parseJson } from '../http-errors.ts'
import { open, startedBy } from './sse.ts'
import { notOurs, type StreamFailure, toFailure, told } from './stream-error.ts'
import { messagePath, type StreamHttp } from './stream-http.ts'
import type { RunEvent, StreamReader, StreamRequest } from './stream-transport.ts'

/** From the contract, section 2. */
const EVERY_MS = 500

export function pollingReader(http: StreamHttp): StreamReader {
  return { read: (request, signal) => poll(http, request, signal) }
}

/** What came since the last look, every half second, to the run's end. */
export async function* poll(
  http: StreamHttp,
  request: StreamRequest,
  signal: AbortSignal,
): AsyncGenerator<readonly RunEvent[]> {
  const starting = request.body && !request.isKnown ? start(http, request, signal) : undefined
  let { after } = request
  try {
    // a start that is refused is known at once; one that is slow to be answered is looked for meanwhile
    if (starting) await Promise.race([starting.answered, delay(EVERY_MS, signal)])
    while (true) {
      // the name is that of another message: what is found under it is not the answer to this one
      if (starting?.failure?.status === 409) throw starting.failure
      const found = await look(http, request.messageId, after, signal).catch((error: StreamFailure) => {
        if (starting?.isUnanswered && error.status === 404) return undefined
        throw starting?.failure ?? error
      })
      if (found) {
        after = found.next
        const events = eventsOf(found)
        if (events.length > 0) yield events
        if (found.isComplete) return
      }
      await delay(EVERY_MS, signal)
    }
  } finally {
    starting?.leave()
  }
}

interface Start {
  /** Resolves when the server has answered, whatever it said. */
  answered: Promise<void>
  isUnanswered: boolean
  failure: StreamFailure | undefined
  leave(): void
}

/** Starts the run and leaves its stream unread: a disconnect stops nothing. */
function start(http: StreamHttp, request: StreamRequest, signal: AbortSignal): Start {
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  signal.addEventListener('abort', leave)
  const it: Start = { answered: Promise.resolve(), isUnanswered: true, failure: undefined, leave }
  it.answered = open(http, request, leaving.signal)
    .then(leave, (error: unknown) => {
      it.failure = toFailure(error)
    })
    .finally(() => {
      it.isUnanswered = false
      signal.removeEventListener('abort', leave)
    })
  return it
}

interface Found {
  tokens: string[]
  /** Where the look before this one ended, and where this one did. */
  before: number
  next: number
  isComplete: boolean
  status: unknown
  error: unknown
  started: RunEvent
}

async function look(http: StreamHttp, messageId: string, before: number, signal: AbortSignal): Promise<Found> {
  const response = await http.send(`${messagePath(messageId)}?after=${before}`, {}, signal)
  const body = parseJson(await response.text())
  const tokens = isObject(body) && Array.isArray(body.tokens) && body.tokens.every(isText) ? body.tokens : undefined
  if (!tokens || !isObject(body) || typeof body.next !== 'number') {
    throw notOurs(response.status, response.headers.get('content-type'))
  }
  const { next, complete, status, error } = body
  return { tokens, before, next, isComplete: complete === true, status, error, started: startedBy(response) }
}

function eventsOf({ tokens, before, next, isComplete, status, error, started }: Found): RunEvent[] {
  // Only the last token's cursor is told: going on behind any other one would skip those in between.
  const last = tokens.length - 1
  const events: RunEvent[] = tokens.map((token, at) => ({ type: 'token', token, seq: at === last ? next : before }))
  events.unshift(started)
  if (isComplete) events.push(endOf(status, error))
  return events
}

function endOf(status: unknown, error: unknown): RunEvent {
  if (status === 'completed') return { type: 'complete' }
  if (status === 'stopped') return { type: 'cancelled' }
  return { type: 'failed', error: told(isObject(error) ? error : {}, { isEnd: true }) }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
