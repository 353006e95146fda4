/// <reference types="node" />
/** A real HTTP server for tests: each answer is written by the test, byte by byte where it matters. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SequencedEvent } from '../transport.ts'

/** One request as it came in, and the ways to answer it. */
export class Call {
  readonly type: string
  readonly params: Record<string, unknown>
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
  readonly response: ServerResponse
  /** Whether the client closed the connection before the answer was complete. */
  isAborted = false

  constructor(body: Record<string, unknown>, headers: IncomingMessage['headers'], response: ServerResponse) {
    this.body = body
    this.type = String(body.type)
    this.params = (body.params ?? {}) as Record<string, unknown>
    this.headers = headers
    this.response = response
    response.on('close', () => {
      this.isAborted = !response.writableFinished
    })
  }

  json(body: unknown, status = 200, headers: Record<string, string> = {}): void {
    this.response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }

  fail(status: number, code: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): void {
    this.json({ type: 'error', error: `It failed: ${code}.`, code, param: null, ...more }, status, headers)
  }

  text(status: number, type: string, body: string): void {
    this.response.writeHead(status, { 'content-type': type }).end(body)
  }

  /** Begins a stream; with a run id it is one of a server that keeps runs. */
  open(runId?: string, status?: string): this {
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      ...(runId && { 'x-run-id': runId }),
      ...(status && { 'x-run-status': status }),
    })
    this.response.flushHeaders()
    return this
  }

  write(...entries: SequencedEvent[]): this {
    this.response.write(entries.map(frame).join(''))
    return this
  }

  end(...entries: SequencedEvent[]): void {
    this.write(...entries).response.end()
  }

  /** The connection breaks, as when a cable is pulled. */
  cut(): void {
    this.response.destroy()
  }
}

export function frame({ seq, event }: SequencedEvent): string {
  return `${seq === undefined ? '' : `id: ${seq}\n`}data: ${JSON.stringify(event)}\n\n`
}

export interface WireServer {
  url: string
  /** Every request that came in, in order. */
  calls: Call[]
  /** How to answer requests of a type (`upload` for what is no ChatKit request); the answer may be changed at any time. */
  on: Record<string, (call: Call) => void>
  close(): Promise<void>
}

export async function wireServer(on: WireServer['on'] = {}): Promise<WireServer> {
  const calls: Call[] = []
  const http = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('latin1')
    const isChatKit = request.url === '/chatkit'
    const json = Buffer.from(text, 'latin1').toString('utf8')
    const body = isChatKit ? JSON.parse(json) : { type: 'upload', method: request.method, url: request.url, text }
    const call = new Call(body, request.headers, response)
    calls.push(call)
    const answer = on[call.type]
    if (answer) answer(call)
    else call.fail(400, 'invalid_request')
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/chatkit`,
    calls,
    on,
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
