/**
 * Sends a run's entries as an event stream. On Node the reader writes to the response's socket itself (web streams were
 * a third to a half of the cost per token); everywhere else it is the body of a `Response`.
 */
import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { KEEP_ALIVE_FRAME } from '@millrace/protocol'
import type { Context as HonoContext } from 'hono'
import type { RunEntry } from '../log/run-log.ts'
import type { HeldTokens } from '../plain/token-view.ts'
import { FlushTimer } from './flush-timer.ts'
import { frameWriter } from './frame-writer.ts'

/** A comment line after this much silence at most keeps proxies from ending the answer. */
const KEEP_ALIVE_MS = 15_000

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
  /** Called before anything is sent: what it throws is still answered by a status. */
  read(signal: AbortSignal): AsyncIterable<RunEntry[]>
  /** The frames of a batch, as one string. */
  encode(entries: readonly RunEntry[]): string
  /** Where `encode` holds something back. */
  held?: HeldTokens
  /** The last frames where the log fails in mid-answer. Without it the body is cut, and the client resumes. */
  failed?(error: unknown): string
  /** The client is gone before the stream's end. */
  left?(): Promise<void>
}

interface Reading {
  stream: EventStream
  leaving: AbortController
  batches: AsyncIterable<RunEntry[]>
}

/** @throws what `stream.read` throws */
export function streamResponse(c: HonoContext, stream: EventStream): Response {
  const outgoing = nodeResponse(c.env)
  const leaving = new AbortController()
  const batches = stream.read(leaving.signal)
  if (!outgoing) return webResponse({ stream, leaving, batches })
  // What middleware set (CORS) lies on the context; nothing adds it to a response that goes out by itself.
  const headers = { ...HEADERS, ...Object.fromEntries(c.res.headers), ...stream.headers }
  void writeToSocket(outgoing, headers, { stream, leaving, batches })
  return new Response(null, { headers: ALREADY_SENT })
}

/** What the runtime passes beside the request: Node's adapter names its `ServerResponse`. */
function nodeResponse(env: unknown): ServerResponse | undefined {
  if (typeof env !== 'object' || env === null || !('outgoing' in env)) return undefined
  const { outgoing } = env
  return outgoing && typeof outgoing === 'object' && 'writeHead' in outgoing ? (outgoing as ServerResponse) : undefined
}

async function writeToSocket(
  response: ServerResponse,
  headers: Record<string, string>,
  { stream, leaving, batches }: Reading,
): Promise<void> {
  const onClose = () => leaving.abort()
  response.on('close', onClose)
  // A client that was gone before the run was open: its `close` has been told already.
  if (response.destroyed) onClose()
  response.writeHead(stream.status ?? 200, headers)
  response.flushHeaders()
  const write = frameWriter(response)
  let isQuiet = false
  let isFull = false
  // A look now and then, instead of a timer that is set back with each write.
  const keepAlive = setInterval(() => {
    if (isQuiet && !isFull) response.write(KEEP_ALIVE_FRAME)
    isQuiet = true
  }, KEEP_ALIVE_MS / 2)
  const timer = stream.held && new FlushTimer(stream.held, write)
  const source = batches[Symbol.asyncIterator]()
  // Not in the loop: a function that waits keeps what its variables held before, and a batch has up to 256 KiB.
  const send = ({ value: entries, done }: IteratorResult<RunEntry[]>): 'over' | Writable | undefined => {
    if (done) return 'over'
    const frames = stream.encode(entries)
    timer?.look()
    if (frames === '') return undefined
    isQuiet = false
    return write(frames)
  }
  try {
    for (let full = await source.next().then(send); full !== 'over'; full = await source.next().then(send)) {
      if (!full || leaving.signal.aborted) continue
      isFull = true
      await drained(full, leaving.signal)
      isFull = false
    }
    if (leaving.signal.aborted) await stream.left?.()
    else response.end()
  } catch (error) {
    void source.return?.()
    // A body that ends without its end event was cut, and the client resumes.
    if (stream.failed && !leaving.signal.aborted) response.end(stream.failed(error))
    else response.destroy()
  } finally {
    timer?.close()
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

function webResponse({ stream, leaving, batches }: Reading): Response {
  const source = batches[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  let keepAlive: ReturnType<typeof setInterval> | undefined
  let timer: FlushTimer | undefined
  let isQuiet = false
  const close = () => {
    clearInterval(keepAlive)
    timer?.close()
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (frames: string) => controller.enqueue(encoder.encode(frames))
      timer = stream.held && new FlushTimer(stream.held, send)
      keepAlive = setInterval(() => {
        // Who does not pull is given nothing to pile up.
        if (isQuiet && (controller.desiredSize ?? 0) > 0) send(KEEP_ALIVE_FRAME)
        isQuiet = true
      }, KEEP_ALIVE_MS / 2)
    },
    async pull(controller) {
      try {
        for (let batch = await source.next(); !batch.done; batch = await source.next()) {
          const frames = stream.encode(batch.value)
          timer?.look()
          if (frames === '') continue
          isQuiet = false
          controller.enqueue(encoder.encode(frames))
          return
        }
      } catch (error) {
        close()
        if (!stream.failed) throw error
        controller.enqueue(encoder.encode(stream.failed(error)))
      }
      close()
      controller.close()
    },
    async cancel() {
      close()
      leaving.abort()
      await source.return?.()
      await stream.left?.()
    },
  })
  return new Response(body, { status: stream.status ?? 200, headers: { ...HEADERS, ...stream.headers } })
}
