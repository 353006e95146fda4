/** The whole answer at once: the last way, where nothing else comes through. */
import { isObject, parseJson } from '../http-errors.ts'
import { poll } from './polling.ts'
import { startedBy } from './sse.ts'
import { notOurs } from './stream-error.ts'
import type { StreamHttp } from './stream-http.ts'
import type { RunEvent, StreamReader } from './stream-transport.ts'

export function wholeReader(http: StreamHttp): StreamReader {
  return {
    async *read(request, signal) {
      const { body, after, characters } = request
      if (!body || characters > 0) {
        // The endpoint takes messages, and may run one that it does not know any more: a run that is known by its name
        // alone, or has said something, is looked at until it has ended.
        const events: RunEvent[] = []
        for await (const batch of poll(http, request, signal)) events.push(...batch)
        yield events
        return
      }
      const response = await http.send('/api/message', { body }, signal)
      const answer = parseJson(await response.text())
      if (!isObject(answer) || typeof answer.text !== 'string') {
        throw notOurs(response.status, response.headers.get('content-type'))
      }
      const started = startedBy(response)
      const { text, thread_id } = answer
      const thread = typeof thread_id === 'string' ? { threadId: thread_id } : {}
      const token = text
      yield [
        { ...started, type: 'started', ...thread },
        ...(token === '' ? [] : [{ type: 'token' as const, token, seq: after }]),
        { type: response.headers.get('x-run-status') === 'stopped' ? 'cancelled' : 'complete' },
      ]
    },
  }
}
