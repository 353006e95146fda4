/** A client that reads one answer, says when a text was in it, and may leave at any time. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

/** Where a text was found. */
export interface Found {
  /** By `performance.now()`. */
  atMs: number
  /** Characters of the answer before it. */
  offset: number
}

/** Characters that a text may have which is waited for. */
const TAIL = 100

/** Nothing here takes so long: what has not come by then never will. */
const PATIENCE_MS = 60_000

interface Wanted {
  text: string
  /** How often it is still to come. */
  times: number
  timer: NodeJS.Timeout
  resolve: (found: Found) => void
  reject: (error: Error) => void
}

export class Reading {
  readonly headers: Promise<IncomingHttpHeaders>
  /** Resolves when the answer is over, whole or cut. */
  readonly over: Promise<void>
  readonly #leave: () => void
  readonly #wanted: Wanted[] = []
  /** The end of what came: a text may begin in one chunk and end in the next. */
  #tail = ''
  #length = 0
  #isOver = false

  /** Posts a body to `/chatkit`. */
  constructor(port: number, body: unknown, headers: Record<string, string> = {}) {
    const payload = JSON.stringify(body)
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/chatkit',
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...headers },
    })
    this.#leave = () => sent.destroy()
    let isOver: () => void = () => {}
    this.over = new Promise((resolve) => {
      isOver = resolve
    })
    const end = (error: Error) => {
      this.#isOver = true
      isOver()
      for (const { timer, reject } of this.#wanted.splice(0)) {
        clearTimeout(timer)
        reject(error)
      }
    }
    this.headers = new Promise((resolve, reject) => {
      sent.on('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`))
        else resolve(response.headers)
        response.setEncoding('latin1')
        response.on('data', (text: string) => this.#look(text))
        response.on('close', () => end(new Error('The answer ended without what was waited for.')))
      })
      sent.on('error', (error) => {
        reject(error)
        end(error)
      })
    })
    // Who never asks for them need not hear of it.
    this.headers.catch(() => {})
    sent.end(payload)
  }

  /** Resolves when the answer has brought this text, of 100 characters at most, so often from now on. */
  until(text: string, times = 1): Promise<Found> {
    if (this.#isOver) return Promise.reject(new Error('The answer is over.'))
    return new Promise((resolve, reject) => {
      const late = new Error(`${JSON.stringify(text)} did not come within ${PATIENCE_MS / 1000} s.`)
      const timer = setTimeout(reject, PATIENCE_MS, late)
      this.#wanted.push({ text, times, timer, resolve, reject })
    })
  }

  leave(): void {
    this.#leave()
  }

  #look(chunk: string): void {
    const atMs = performance.now()
    const text = this.#tail + chunk
    const start = this.#length - this.#tail.length
    this.#length += chunk.length
    for (const wanted of [...this.#wanted]) {
      // Not what lies in the tail as a whole: it was seen before.
      const from = Math.max(0, this.#tail.length - wanted.text.length + 1)
      for (let at = text.indexOf(wanted.text, from); at >= 0; at = text.indexOf(wanted.text, at + 1)) {
        wanted.times -= 1
        if (wanted.times > 0) continue
        this.#wanted.splice(this.#wanted.indexOf(wanted), 1)
        clearTimeout(wanted.timer)
        wanted.resolve({ atMs, offset: start + at })
        break
      }
    }
    this.#tail = text.slice(-TAIL)
  }
}
