/**
 * `POST /chatkit`: the ChatKit protocol over HTTP. A client that sends `Last-Event-ID` can resume and gets `id:` lines
 * and a last frame that names the outcome; for any other the frames are those of the Python server to the byte.
 */
import { encodeFrame } from '@millrace/protocol'
import type { Context as HonoContext } from 'hono'
import type { ChatKitServer } from '../chatkit-server.ts'
import type { RunEntry } from '../log/run-log.ts'
import { seqOf } from '../plain/cursor.ts'
import { checkedMessageId } from '../plain/start-request.ts'
import type { OpenedRun } from '../runs.ts'
import type { AppEnv, Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'
import { streamResponse } from './event-stream.ts'

export function chatkitRoutes<Context>(
  { app, server, authenticated, limited }: Routing<Context>,
  onDisconnect: 'stop' | 'continue',
): void {
  app.post('/chatkit', authenticated, limited, chatkitRoute(server, onDisconnect))
  app.all('/chatkit', (c) => methodNotAllowed(c.req.method, 'POST'))
}

function chatkitRoute<Context>(server: ChatKitServer<Context>, onDisconnect: 'stop' | 'continue') {
  return async (c: HonoContext<AppEnv<Context>>): Promise<Response> => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    const lastEventId = c.req.header('last-event-id')
    const cursor = lastEventId === undefined ? undefined : seqOf(lastEventId, 'last-event-id')
    const key = c.req.header('idempotency-key')
    const messageId = key === undefined ? undefined : checkedMessageId(key, 'idempotency-key')
    const answer = await server.process(body, c.get('user'), {
      resumes: cursor !== undefined,
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(messageId === undefined ? {} : { messageId }),
    })
    if ('json' in answer) return c.json(answer.json as object)
    if ('nothing' in answer) return c.body(null, 204)
    const isResume = !answer.started
    const resumes = cursor !== undefined || isResume
    return streamResponse(c, {
      headers: {
        'x-run-id': answer.run.info.runId,
        ...(isResume ? { 'x-run-status': answer.run.info.end?.outcome ?? 'running' } : {}),
      },
      read: (signal) => answer.run.read(answer.after, signal),
      encode: (entries) => encodeEntries(entries, answer, resumes),
      left: () => leave(answer, onDisconnect),
    })
  }
}

/** One string for a whole batch, so that a turn of the event loop is one write. */
function encodeEntries(entries: readonly RunEntry[], { run }: OpenedRun, resumes: boolean): string {
  let frames = ''
  for (const entry of entries) {
    if ('data' in entry) {
      if (resumes) frames += encodeFrame(entry.data, entry.seq)
      else if (!entry.ours) frames += encodeFrame(entry.data)
    } else if (resumes) {
      frames += encodeFrame(JSON.stringify({ type: 'run.ended', run_id: run.info.runId, ...entry.end }), entry.seq)
    }
  }
  return frames
}

/** The closed element stops by closing its connection, so the loss of the starting one stops the run. */
async function leave({ run, started }: OpenedRun, onDisconnect: 'stop' | 'continue'): Promise<void> {
  if (started && !run.info.resumes && onDisconnect === 'stop') await run.stop()
}
