/** Runs a case of `http/`: our handler behind a real socket. */
import { request as httpRequest } from 'node:http'
import { ChatKitServer, createApp, MemoryRunLog } from '@millrace/server'
import { serve } from '@millrace/server/node'
import type { CaseResult, HttpCase, Json } from '../case.ts'
import { difference } from '../compare.ts'
import { recordingStore, World } from '../world.ts'
import { storeDifference } from './compare-outcome.ts'
import { scripted } from './script.ts'

interface Received {
  status: number
  contentType: string
  body: string
}

export async function runHttpCase(test: HttpCase): Promise<CaseResult> {
  const world = new World()
  const recording = await recordingStore(test.setup)
  const log = new MemoryRunLog()
  const server = new ChatKitServer<unknown>({
    ...scripted(test, world, [], recording.store),
    store: recording.store,
    log,
    generateId: (kind) => world.id(kind),
    now: () => world.now(),
    unfinishedOnError: 'drop',
  })
  const served = await serve(createApp({ server, authenticate: () => test.context ?? null }), { port: 0 })
  try {
    const received = await exchange(test, served.port)
    const isDoubtful = test.quirk !== undefined
    const why = isDoubtful ? betterDifference(received, test) : recordedDifference(received, test)
    const stored = isDoubtful ? undefined : storeDifference(await recording.snapshot(), test.store_after)
    if (why ?? stored) return { ok: false, why: why ?? stored ?? '' }
    return isDoubtful ? { ok: true, deviation: 'errors-before-the-stream-are-json' } : { ok: true }
  } finally {
    await served.close()
    await log.close()
  }
}

function recordedDifference(received: Received, { http }: HttpCase): string | undefined {
  if (received.status !== http.status) return `expected status ${http.status}, got ${received.status}: ${received.body}`
  const expected = mediaType(http.headers['content-type'] ?? '')
  if (mediaType(received.contentType) !== expected) return `expected ${expected}, got ${received.contentType}`
  if (expected === 'text/event-stream') return difference(frames(received.body), frames(http.body))
  return http.status === 200 ? difference(JSON.parse(received.body), JSON.parse(http.body)) : undefined
}

/** Where the reference gives a bare 500 or cuts the body, ours answers 400 or 404 with a JSON error. */
function betterDifference({ status, body }: Received, test: HttpCase): string | undefined {
  if (status !== 400 && status !== 404) return `expected 400 or 404, got ${status}`
  const error: Json = JSON.parse(body)
  const isError = error.type === 'error' && typeof error.error === 'string' && typeof error.code === 'string'
  return isError ? undefined : `${test.name}: expected a JSON error, got ${body}`
}

/** A raw exchange, so that the method, headers and body go out exactly as given. */
function exchange(test: HttpCase, port: number): Promise<Received> {
  const body = test.request_raw ?? (test.request === undefined ? '' : JSON.stringify(test.request))
  const headers = {
    'content-type': 'application/json',
    ...test.request_headers,
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/chatkit', method: test.method ?? 'POST', headers })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    sent.end(body)
  })
}

function frames(body: string): unknown[] {
  return body
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.replace(/^data: /, '')))
}

function mediaType(header: string): string {
  return header.split(';')[0]?.trim() ?? ''
}
