/** Requests of the raw readers: each over a connection of its own, so that a cut hits exactly one of them. */
import { type IncomingMessage, request } from 'node:http'

export interface RawRequest {
  url: string
  method?: 'GET' | 'POST'
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal: AbortSignal
}

/** Resolves with the head of the response. Rejects when the connection breaks before it, or `signal` is aborted. */
export function send({ url, method = 'POST', body, headers, signal }: RawRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const sent = request(url, {
      method,
      agent: false,
      signal,
      headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
    })
    sent.on('response', resolve)
    sent.on('error', reject)
    // A socket that closes before it says anything is no error of its own.
    sent.on('close', () => reject(new Error('The connection was closed.')))
    sent.end(text)
  })
}

export interface JsonAnswer<Body = Record<string, unknown>> {
  status: number
  body: Body
}

/** The whole body. Rejects where it was cut or is no JSON. */
export async function jsonOf<Body = Record<string, unknown>>(response: IncomingMessage): Promise<JsonAnswer<Body>> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') }
}

export async function askJson<Body = Record<string, unknown>>(raw: RawRequest): Promise<JsonAnswer<Body>> {
  return jsonOf<Body>(await send(raw))
}

/** What every raw reader does with what went wrong: waits a little, less than a person would notice. */
export const RETRY_MS = 40

/** A stream that says nothing for so long is given up and read elsewhere: a frozen node does not close its sockets. */
export const SILENCE_MS = 1000
