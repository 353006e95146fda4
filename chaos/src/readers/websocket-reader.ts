/** Reads a run through `/ws/stream`: attaches behind the last token it has, as often as the socket breaks. */
import { WebSocket } from 'ws'
import type { Notes, Reader } from './reading.ts'
import { endOf, type PlainReaderOptions, retrying } from './retrying.ts'

export function readWebSocket(options: PlainReaderOptions): Reader {
  let after = 0
  return retrying(options, ({ reading, signal, heard }) => {
    const socket = new WebSocket(`${options.url.replace('http', 'ws')}/ws/stream`)
    return new Promise<void>((resolve) => {
      const leave = () => socket.terminate()
      signal.addEventListener('abort', leave, { once: true })
      socket.on('open', () => {
        socket.send(JSON.stringify({ command: 'attach', message_id: options.messageId, after }))
      })
      socket.on('message', (message) => {
        heard()
        after = take(reading, JSON.parse(message.toString()), after)
        if (reading.end !== undefined) socket.close()
      })
      // What broke is seen by the close that follows.
      socket.on('error', () => {})
      socket.on('close', () => {
        signal.removeEventListener('abort', leave)
        resolve()
      })
    })
  })
}

interface SocketEvent {
  type?: unknown
  token?: unknown
  seq?: unknown
  code?: unknown
}

/** Returns how far it has read. */
function take(reading: Notes, event: SocketEvent, after: number): number {
  if (event.code === 'not_found' || event.code === 'expired') reading.ended('gone')
  // The log is away for now: the reader comes again.
  else if (event.code !== 'unavailable' || event.seq !== undefined) {
    const end = endOf(event)
    if (end) reading.ended(end)
  }
  if (event.type !== 'token' || typeof event.token !== 'string') return after
  const seq = Number(event.seq)
  if (!(seq > after)) reading.complain(`seq ${String(event.seq)} after ${after}`)
  reading.add(event.token)
  return seq
}
