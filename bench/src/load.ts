/** Clients: each sends one message and reads its answer to the end. They parse nothing, so the load stays light. */
import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

export interface Exchange {
  bytes: number
  /** From the request to the first byte of the body, in milliseconds. */
  firstByteMs: number
}

/** Posts a body and reads the whole answer. */
export function exchange(
  port: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Exchange & { text: string }> {
  const payload = JSON.stringify(body)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/chatkit',
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...headers },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let bytes = 0
      let firstByteMs = Number.NaN
      const head: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        if (bytes === 0) firstByteMs = performance.now() - startedAt
        if (bytes < 4096) head.push(chunk)
        bytes += chunk.length
      })
      response.on('end', () => {
        const text = Buffer.concat(head).toString()
        if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 300)}`))
        else resolve({ bytes, firstByteMs, text })
      })
      response.on('error', reject)
    })
    sent.end(payload)
  })
}

/** A new thread whose first message asks for an answer of this length and pace. */
export function newThread(pace: string) {
  const input = {
    content: [{ type: 'input_text', text: pace }],
    quoted_text: '',
    attachments: [],
    inference_options: {},
  }
  return { type: 'threads.create', params: { input } }
}

/** `streams` answers at once, each from its first byte to its last. */
export function flood(port: number, streams: number, pace: string): Promise<Exchange[]> {
  return Promise.all(Array.from({ length: streams }, () => exchange(port, newThread(pace))))
}
