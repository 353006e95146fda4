/// <reference types="node" />
/** A server whose every byte a test writes: for faults that no sound server has. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawCall {
  /** Method and path. */
  route: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
  response: ServerResponse
  /** Begins an event stream with these bytes; it stays open. */
  sse(...bytes: (string | Uint8Array)[]): ServerResponse
  json(body: unknown, status?: number, headers?: Record<string, string>): void
  /** An error as our server tells it. */
  fail(status: number, code: string, more?: Record<string, unknown>, headers?: Record<string, string>): void
}

export interface RawServer {
  url: string
  calls: RawCall[]
  /** Method and path of each request. */
  routes(): string[]
}

/** `answer` is called for every request with its number, from 0. The server ends with the test. */
export async function rawServer(answer: (call: RawCall, number: number) => void): Promise<RawServer> {
  const calls: RawCall[] = []
  const http = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    const call: RawCall = {
      route: `${request.method} ${request.url}`,
      headers: request.headers,
      body: text === '' ? {} : JSON.parse(text),
      response,
      sse(...bytes) {
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-run-id': 'run_1' })
        response.flushHeaders()
        for (const part of bytes) response.write(part)
        return response
      },
      json,
      fail: (status, code, more, headers) =>
        json({ type: 'error', error: `It failed: ${code}.`, code, param: null, ...more }, status, headers),
    }
    answer(call, calls.push(call) - 1)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  })
  const { port } = http.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, calls, routes: () => calls.map(({ route }) => route) }
}

export function token(seq: number, text: string): string {
  return `id: ${seq}\ndata: ${JSON.stringify({ type: 'token', token: text })}\n\n`
}

export function end(seq: number, event: Record<string, unknown> = { type: 'complete' }): string {
  return `id: ${seq}\ndata: ${JSON.stringify(event)}\n\n`
}
