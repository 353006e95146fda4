/** Reads a run by its message id through the plain views: as an event stream, and by polling. */
import { setTimeout as delay } from 'node:timers/promises'
import { askJson, jsonOf, send } from './http.ts'
import type { Reader } from './reading.ts'
import { endOf, type PlainReaderOptions, refused, retrying } from './retrying.ts'
import { sseRecords } from './sse-records.ts'

/** Between two polls: more often than a page would, so that there is more to go wrong. */
const POLL_MS = 50

/** `GET /api/message/{id}/stream`, with `Last-Event-ID` as a browser's EventSource sends it. */
export function readPlainStream(options: PlainReaderOptions): Reader {
  let cursor = 0
  return retrying(options, async ({ reading, signal, heard }) => {
    const url = `${options.url}/api/message/${options.messageId}/stream`
    const response = await send({ url, method: 'GET', headers: { 'last-event-id': `${cursor}` }, signal })
    heard()
    if (response.statusCode !== 200) return refused(reading, await jsonOf(response))
    response.on('data', heard)
    for await (const { id, data } of sseRecords(response)) {
      // An error of this connection and not the run's own end: the log is away, so the reader comes again.
      if (id === undefined && endOf(JSON.parse(data)) === 'failed') return
      const seq = Number(id)
      if (!(seq > cursor)) reading.complain(`seq ${id} after ${cursor}`)
      cursor = seq
      const event: { type?: unknown; token?: unknown; code?: unknown } = JSON.parse(data)
      if (typeof event.token === 'string') reading.add(event.token)
      const end = endOf(event)
      if (end) reading.ended(end)
    }
  })
}

/** `GET /api/message/{id}?after=`, again and again. */
export function readByPolling(options: PlainReaderOptions): Reader {
  let after = 0
  return retrying(options, async ({ reading, signal, heard }) => {
    while (reading.end === undefined) {
      const url = `${options.url}/api/message/${options.messageId}?after=${after}`
      const answer = await askJson({ url, method: 'GET', signal })
      heard()
      if (answer.status !== 200) return refused(reading, answer)
      const { tokens, next, complete, status } = answer.body
      if (!Array.isArray(tokens) || !(Number(next) >= after)) {
        reading.complain(`next ${String(next)} after ${after}`)
        return
      }
      reading.add(tokens.join(''))
      after = Number(next)
      if (complete === true) reading.ended(outcomeOf(status))
      else await delay(POLL_MS)
    }
  })
}

function outcomeOf(status: unknown) {
  return status === 'completed' || status === 'stopped' || status === 'interrupted' ? status : 'failed'
}
