/** `/api/message`: an answer whole, and a run by its message id: polled, followed, stopped. */
import { ChatKitError } from '@millrace/protocol'
import type { ChatKitServer } from '../chatkit-server.ts'
import { DEFAULT_FLUSH_MS } from '../plain/buffering.ts'
import { cursorOf, seqOf } from '../plain/cursor.ts'
import { poll } from '../plain/poll.ts'
import { isMessageId } from '../plain/start-request.ts'
import { VIEWS } from '../plain/views.ts'
import { wholeAnswer } from '../plain/whole-answer.ts'
import { checkedCursor, type RunHandle } from '../runs.ts'
import type { Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'
import { readJson, runHeaders, startOrJoin, viewResponse } from './token-views.ts'

export function messageRoutes<Context>({ app, server, authenticated, limited }: Routing<Context>): void {
  app.post('/api/message', authenticated, limited, async (c) => {
    const { run } = await startOrJoin(c, server, await readJson(c))
    // Who leaves stops waiting, and stops nothing else.
    const answer = await wholeAnswer(run, c.req.raw.signal)
    const { messageId, threadId } = run.info
    const headers = { ...runHeaders(run), 'x-run-status': answer?.outcome ?? 'running' }
    return c.json({ message_id: messageId, thread_id: threadId, text: answer?.text ?? '' }, 200, headers)
  })
  app.all('/api/message', (c) => methodNotAllowed(c.req.method, 'POST'))

  app.get('/api/message/:id', authenticated, async (c) => {
    const query = c.req.query('after')
    const after = query === undefined ? 0 : seqOf(query, 'after')
    const run = await runOf(server, c.req.param('id'), c.get('user'))
    const json = await poll(run, checkedCursor(after, run.info))
    return c.body(json, 200, { ...runHeaders(run), 'content-type': 'application/json', 'cache-control': 'no-store' })
  })
  app.all('/api/message/:id', (c) => methodNotAllowed(c.req.method, 'GET'))

  app.get('/api/message/:id/stream', authenticated, async (c) => {
    if (c.req.method !== 'GET') return methodNotAllowed(c.req.method, 'GET')
    const cursor = cursorOf(c.req.header('last-event-id'), c.req.query('after'))
    const run = await runOf(server, c.req.param('id'), c.get('user'))
    const buffering = { bufferSize: 1, flushMs: DEFAULT_FLUSH_MS }
    return viewResponse(c, run, { view: VIEWS.message, buffering, cursor, isResume: true })
  })
  app.all('/api/message/:id/stream', (c) => methodNotAllowed(c.req.method, 'GET'))

  app.post('/api/message/:id/stop', authenticated, async (c) => {
    const run = await runOf(server, c.req.param('id'), c.get('user'))
    const { outcome } = await run.stop()
    return c.json({ message_id: run.info.messageId, status: outcome })
  })
  app.all('/api/message/:id/stop', (c) => methodNotAllowed(c.req.method, 'POST'))
}

/** @throws ChatKitError `not_found` (another user's, too), `expired` */
async function runOf<Context>(server: ChatKitServer<Context>, messageId: string, user: Context): Promise<RunHandle> {
  if (!isMessageId(messageId)) throw new ChatKitError('not_found', 'No such message.')
  return server.runOf(messageId, user)
}
