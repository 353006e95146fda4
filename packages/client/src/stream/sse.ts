/** Tokens as server-sent events over fetch: a POST starts the run, a GET goes on with it behind the last event that came. */
import { isObject, parseJson } from '../http-errors.ts'
import { sseRecords } from './sse-records.ts'
import { connectionLost, notOurs, StreamFailure, told, unreadable } from './stream-error.ts'
import { messagePath, type StreamHttp } from './stream-http.ts'
import type { RunEvent, StreamRequest, StreamTransport } from './stream-transport.ts'

export function sseTransport(http: StreamHttp): StreamTransport {
  return {
    method: 'streaming',
    async *read(request, signal) {
      const response = await open(http, request, signal)
      const reader = bodyOf(response).getReader()
      try {
        yield [startedBy(response)]
        let events: RunEvent[] = []
        let isNews = false
        let { after } = request
        const feed = sseRecords((data, id) => {
          const seq = id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined
          const isRepeat = seq !== undefined && after > 0 && seq <= after
          if (seq !== undefined && seq > after) after = seq
          const event = eventOf(data, id, after)
          if (isRepeat && event?.type === 'token') return
          isNews = true
          if (event) events.push(event)
        })
        const decoder = new TextDecoder()
        // Read on behind the run's end: a body that was read whole leaves its connection for the next request.
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
          try {
            feed(decoder.decode(chunk.value, { stream: true }))
          } finally {
            // also what stands before something damaged; comments alone, and a part of a record, are no news
            if (isNews) yield events
            events = []
            isNews = false
          }
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw error instanceof StreamFailure ? error : connectionLost(error)
      } finally {
        reader.cancel().catch(() => {})
      }
    },
  }
}

/** Starts the run, or goes on with one that is known. */
export async function open(http: StreamHttp, request: StreamRequest, signal: AbortSignal): Promise<Response> {
  const { messageId, body, isKnown, after } = request
  const accept = { accept: 'text/event-stream' }
  return body && !isKnown
    ? http.send('/api/stream/message', { body, headers: accept }, signal)
    : http.send(messagePath(messageId, '/stream'), { headers: { ...accept, 'last-event-id': String(after) } }, signal)
}

export function startedBy({ headers }: Response): RunEvent {
  const runId = headers.get('x-run-id')
  const threadId = headers.get('x-thread-id')
  return { type: 'started', ...(runId && { runId }), ...(threadId && { threadId }) }
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  const type = response.headers.get('content-type')
  if (response.body && type?.startsWith('text/event-stream')) return response.body
  response.body?.cancel().catch(() => {})
  throw notOurs(response.status, type)
}

/** How our server begins the data of a token. */
const TOKEN = '{"type":"token","token":"'

/** Undefined for an event of a type that is not known here. */
function eventOf(data: string, id: string | undefined, seq: number): RunEvent | undefined {
  // most tokens need no parsing: the string holds no escape and is the last thing there is (a third of the cost per token)
  const isPlain = data.startsWith(TOKEN) && data.endsWith('"}') && !data.includes('\\')
  if (isPlain && data.indexOf('"', TOKEN.length) === data.length - 2) {
    return { type: 'token', token: data.slice(TOKEN.length, -2), seq }
  }
  const event = parseJson(data)
  if (!isObject(event)) throw unreadable()
  const { type, token } = event
  if (typeof token === 'string') return { type: 'token', token, seq }
  if (type === 'complete' || type === 'cancelled') return { type }
  if (type !== 'error') return undefined
  // Every entry of a run's log has a number, its end too: an error without one tells that the log could not be read on.
  if (id === undefined && event.recoverable === true) throw told(event)
  return { type: 'failed', error: told(event, { isEnd: true }) }
}
