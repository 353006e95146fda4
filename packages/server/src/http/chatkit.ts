/**
 * `POST /chatkit`: the ChatKit protocol over HTTP. A client that sends `Last-Event-ID` can resume and gets `id:` lines
 * and a last frame that names the outcome; for any other the frames are those of the Python server to the byte.
 */
import { ChatKitError, encodeFrame } from '@millrace/protocol'
import type { Context as HonoContext } from 'hono'
import type { ChatKitServer } from '../chatkit-server.ts'
import type { RunEntry } from '../log/run-log.ts'
import type { OpenedRun } from '../runs.ts'
import type { AppEnv } from './app.ts'
import { streamResponse } from './event-stream.ts'

const MESSAGE_ID = /^[A-Za-z0-9_-]{1,128}$/

export function chatkitRoute<Context>(server: ChatKitServer<Context>, onDisconnect: 'stop' | 'continue') {
  return async (c: HonoContext<AppEnv<Context>>): Promise<Response> => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    const cursor = cursorOf(c.req.header('last-event-id'))
    const messageId = messageIdOf(c.req.header('idempotency-key'))
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

function cursorOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const cursor = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN
  if (Number.isSafeInteger(cursor)) return cursor
  throw new ChatKitError('invalid_request', 'Last-Event-ID is a sequence number from 0 up.', { param: 'last-event-id' })
}

function messageIdOf(header: string | undefined): string | undefined {
  if (header === undefined || MESSAGE_ID.test(header)) return header
  throw new ChatKitError('invalid_request', 'Idempotency-Key takes at most 128 of the characters A-Z a-z 0-9 _ -.', {
    param: 'idempotency-key',
  })
}
