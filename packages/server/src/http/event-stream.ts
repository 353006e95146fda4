/**
 * Sends a run's entries as an event stream. On Node the reader writes to the response's socket itself (web streams were
 * a third to a half of the cost per token); everywhere else it is the body of a `Response`.
 */
import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import type { Context as HonoContext } from 'hono'
import type { RunEntry } from '../log/run-log.ts'
import { frameWriter } from './frame-writer.ts'

/** A comment line after this much silence at most keeps proxies from ending the answer. */
const KEEP_ALIVE_MS = 15_000
const KEEP_ALIVE = ': keep-alive\n\n'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/** Tells @hono/node-server that the response went out already. */
const ALREADY_SENT = { 'x-hono-already-sent': 'true' }

export interface EventStream {
  headers: Record<string, string>
  status?: number
  read(signal: AbortSignal): AsyncIterable<RunEntry[]>
  /** The frames of a batch, as one string. */
  encode(entries: readonly RunEntry[]): string
  /** The client is gone before the stream's end. */
  left(): Promise<void>
}

export function streamResponse(c: HonoContext, stream: EventStream): Response {
  const outgoing = nodeResponse(c.env)
  if (!outgoing) return webResponse(stream)
  // What middleware set (CORS) lies on the context; nothing adds it to a response that goes out by itself.
  void writeToSocket(outgoing, { ...stream, headers: { ...Object.fromEntries(c.res.headers), ...stream.headers } })
  return new Response(null, { headers: ALREADY_SENT })
}

/** What the runtime passes beside the request: Node's adapter names its `ServerResponse`. */
function nodeResponse(env: unknown): ServerResponse | undefined {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return undefined
  const { outgoing } = env
  return outgoing && typeof outgoing === 'object' && 'writeHead' in outgoing ? (outgoing as ServerResponse) : undefined
}

async function writeToSocket(response: ServerResponse, stream: EventStream): Promise<void> {
  const leaving = new AbortController()
  const onClose = () => leaving.abort()
  response.on('close', onClose)
  response.writeHead(stream.status ?? 200, { ...HEADERS, ...stream.headers })
  response.flushHeaders()
  const write = frameWriter(response)
  let isQuiet = false
  // A look now and then, instead of a timer that is set back with each write.
  const keepAlive = setInterval(() => {
    if (isQuiet) response.write(KEEP_ALIVE)
    isQuiet = true
  }, KEEP_ALIVE_MS / 2)
  try {
    for await (const entries of stream.read(leaving.signal)) {
      const frames = stream.encode(entries)
      if (frames === '') continue
      isQuiet = false
      const full = write(frames)
      if (full && !leaving.signal.aborted) await drained(full, leaving.signal)
    }
    if (leaving.signal.aborted) await stream.left()
    else response.end()
  } catch {
    // The log failed in mid-answer: a body that ends without its end event was cut, and the client resumes.
    response.destroy()
  } finally {
    clearInterval(keepAlive)
    response.off('close', onClose)
  }
}

function drained(stream: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    stream.on('drain', done)
    signal.addEventListener('abort', done)
  })
}

function webResponse(stream: EventStream): Response {
  const leaving = new AbortController()
  const batches = stream.read(leaving.signal)[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let keepAlive: ReturnType<typeof setInterval> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      keepAlive = setInterval(() => controller.enqueue(encoder.encode(KEEP_ALIVE)), KEEP_ALIVE_MS)
    },
    async pull(controller) {
      for (;;) {
        const batch = await batches.next()
        if (batch.done) {
          clearInterval(keepAlive)
          controller.close()
          return
        }
        const frames = stream.encode(batch.value)
        if (frames === '') continue
        controller.enqueue(encoder.encode(frames))
        return
      }
    },
    async cancel() {
      clearInterval(keepAlive)
      leaving.abort()
      await batches.return?.()
      await stream.left()
    },
  })
  return new Response(body, { status: stream.status ?? 200, headers: { ...HEADERS, ...stream.headers } })
}
