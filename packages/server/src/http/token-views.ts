/** `POST /api/stream/…`: starts an answer, or joins the one that its message id names, and streams a plain view of it. */
import { ChatKitError } from '@millrace/protocol'
import { parseJson } from '@millrace/protocol/schemas'
import type { Context as HonoContext } from 'hono'
import type { ChatKitServer } from '../chatkit-server.ts'
import type { Buffering } from '../plain/buffered-view.ts'
import { bufferingOf, MAX_BUFFER_SIZE } from '../plain/buffering.ts'
import { type Cursor, cursorOf, readingFrom } from '../plain/cursor.ts'
import { parseStart, type StartRules } from '../plain/start-request.ts'
import { VIEWS, type View } from '../plain/views.ts'
import type { OpenedRun, RunHandle } from '../runs.ts'
import type { AppEnv, Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'
import { streamResponse } from './event-stream.ts'

type Call<Context> = HonoContext<AppEnv<Context>>

/** `bufferSize`: tokens in one event of the buffered view where the client names no number. */
export function tokenViewRoutes<Context>(
  { app, server, authenticated, limited }: Routing<Context>,
  bufferSize: number,
): void {
  if (!Number.isInteger(bufferSize) || bufferSize < 1 || bufferSize > MAX_BUFFER_SIZE) {
    throw new TypeError(`\`bufferSize\` is a whole number from 1 to ${MAX_BUFFER_SIZE}.`)
  }
  for (const [name, view] of Object.entries(VIEWS)) {
    const path = `/api/stream/${name}`
    const rules = { messageIdRequired: name === 'resilient' }
    app.post(path, authenticated, limited, async (c) => {
      const body = await readJson(c)
      const buffering = bufferingOf(body, { bufferSize })
      const { run, started, cursor } = await startOrJoin(c, server, body, rules)
      return viewResponse(c, run, { view, buffering, cursor, isResume: !started })
    })
    app.all(path, (c) => methodNotAllowed(c.req.method, 'POST'))
  }
}

/** Whatever the content type says: clients that send JSON without naming it are many. */
export async function readJson(c: HonoContext): Promise<unknown> {
  return parseJson(new Uint8Array(await c.req.arrayBuffer()))
}

/** The run of a plain request. @throws ChatKitError as `ChatKitServer.process`, and for what the body lacks */
export async function startOrJoin<Context>(
  c: Call<Context>,
  server: ChatKitServer<Context>,
  body: unknown,
  rules?: StartRules,
): Promise<OpenedRun & { cursor: Cursor }> {
  const { request, messageId } = parseStart(body, rules)
  const cursor = cursorOf(c.req.header('last-event-id'), c.req.query('after'))
  if (cursor.after > 0) await requireRun(c, server, messageId, cursor)
  const client = { resumes: true, after: cursor.after, ...(messageId === undefined ? {} : { messageId }) }
  const answer = await server.process(request, c.get('user'), client)
  if (!('run' in answer)) throw new ChatKitError('server_error', 'The message could not be answered.')
  return { ...answer, cursor }
}

/** Who has seen a part of an answer wants its rest: where there is none, nothing is started that would repeat it. */
async function requireRun<Context>(
  c: Call<Context>,
  server: ChatKitServer<Context>,
  messageId: string | undefined,
  { by }: Cursor,
): Promise<void> {
  const unknown = (cause?: unknown) =>
    new ChatKitError('invalid_request', `Nothing is known of this message to go on with. Send it without \`${by}\`.`, {
      param: by,
      cause,
    })
  if (messageId === undefined) throw unknown()
  await server.runOf(messageId, c.get('user')).catch((error: unknown) => {
    throw error instanceof ChatKitError && error.code === 'not_found' ? unknown(error) : error
  })
}

export interface ViewRequest {
  view: View
  buffering: Buffering
  cursor: Cursor
  /** Whether the run was there before. */
  isResume: boolean
}

export function viewResponse(c: HonoContext, run: RunHandle, request: ViewRequest): Response {
  const { view, buffering, cursor, isResume } = request
  const encoder = view(run.info, buffering)
  const after = readingFrom(cursor.after, run.info)
  return streamResponse(c, {
    // EventSource takes nothing but a 200.
    status: isResume && cursor.by === 'after' ? 206 : 200,
    headers: isResume ? { ...runHeaders(run), 'x-run-status': run.info.end?.outcome ?? 'running' } : runHeaders(run),
    read: (signal) => run.read(after, signal),
    encode: (entries) => encoder.encode(entries),
    failed: (error) => encoder.failed(error),
    ...(encoder.held ? { held: encoder.held } : {}),
  })
}

export function runHeaders({ info }: RunHandle): Record<string, string> {
  return { 'x-run-id': info.runId, 'x-message-id': info.messageId, 'x-thread-id': info.threadId }
}
