/** A service that speaks the Responses API from tapes, over real HTTP, and notes what it was asked. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from '../case.ts'
import type { Tape } from './agent-case.ts'

/** Between the evaluation of a guardrail and the tape going on. */
const AFTER_PAUSE_MS = 50
/** For what was written to arrive. */
const ARRIVAL_MS = 150

export interface ModelService {
  /** For the client: `http://127.0.0.1:<port>/v1`. */
  url: string
  /** Bodies of the requests, with the index of the case's request they came in. */
  asked: { during_request: number; body: Json }[]
  /** Which of the case's requests is being answered. */
  during(request: number): void
  tapesLeft(): number
  /** Resolves when a tape hangs. */
  hanging: Promise<void>
  /** Resolves when a tape has come to its pause. */
  paused: Promise<void>
  /** Lets the paused tape go on. */
  goOn(): void
  close(): Promise<void>
}

export async function startModelService(tapes: readonly Tape[]): Promise<ModelService> {
  const asked: ModelService['asked'] = []
  const pause = deferred()
  const release = deferred()
  const hang = deferred()
  let next = 0
  let request = 0
  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch(() => response.destroy())
  })

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    asked.push({ during_request: request, body: JSON.parse(await bodyOf(incoming)) })
    const tape = tapes[next]
    next += 1
    if (!tape) return json(response, 500, { error: { message: 'no tape is left', type: 'server_error' } })
    if ('http_status' in tape) return json(response, tape.http_status, tape.body)
    if ('json' in tape) return json(response, 200, tape.json)
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const [index, event] of tape.events.entries()) {
      if (index === tape.pause_after) {
        await sleep(ARRIVAL_MS)
        pause.resolve()
        await release.promise
        await sleep(AFTER_PAUSE_MS)
      }
      response.write(`event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    if (tape.then === 'hang') return hang.resolve()
    if (tape.then === 'cut') {
      await sleep(ARRIVAL_MS)
      response.destroy()
    } else response.end()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    during: (index) => {
      request = index
    },
    tapesLeft: () => Math.max(0, tapes.length - next),
    hanging: hang.promise,
    paused: pause.promise,
    goOn: () => release.resolve(),
    close: async () => {
      release.resolve()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
