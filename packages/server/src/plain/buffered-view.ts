/** The view that gathers tokens: an event for every so many, or for what has waited long enough. */
import { encodeFrame } from '@millrace/protocol'
import type { RunEnd, RunEntry } from '../log/run-log.ts'
import { causeOf, errorData, readingFailed } from './end-events.ts'
import { tokenLiteralOf } from './token.ts'
import type { HeldTokens, ViewEncoder } from './token-view.ts'

export interface Buffering {
  /** Tokens in one event. */
  bufferSize: number
  /** Longest wait of a token, in milliseconds. */
  flushMs: number
}

/** The `id:` of an event is that of its last token, so a reader that comes back repeats none and misses none. */
export class BufferedView implements ViewEncoder, HeldTokens {
  readonly #bufferSize: number
  readonly #flushMs: number
  /** The tokens held back, as JSON strings without their quotes: put side by side they are one JSON string. */
  #held: string[] = []
  /** Seq of the last of them. */
  #seq = 0
  /** When the first of them came, by the monotonic clock. */
  #since = 0

  constructor({ bufferSize, flushMs }: Buffering) {
    this.#bufferSize = bufferSize
    this.#flushMs = flushMs
  }

  get held(): HeldTokens {
    return this
  }

  encode(entries: readonly RunEntry[]): string {
    let frames = ''
    for (const entry of entries) {
      if ('end' in entry) frames += this.#end(entry.end, entry.seq)
      else frames += this.#take(entry)
    }
    return frames
  }

  dueInMs(): number | undefined {
    return this.#held.length === 0 ? undefined : this.#since + this.#flushMs - performance.now()
  }

  flush(): string {
    return this.#held.length === 0 ? '' : encodeFrame(this.#gathered(), this.#seq)
  }

  failed(error: unknown): string {
    return this.flush() + encodeFrame(errorData(readingFailed(error)))
  }

  #take(entry: RunEntry): string {
    const literal = tokenLiteralOf(entry)
    if (literal === undefined) return ''
    if (this.#held.length === 0) this.#since = performance.now()
    this.#seq = entry.seq
    return this.#held.push(literal.slice(1, -1)) >= this.#bufferSize ? this.flush() : ''
  }

  #end(end: RunEnd, seq: number): string {
    const cause = causeOf(end)
    if (cause) return this.flush() + encodeFrame(errorData(cause), seq)
    const last = end.outcome === 'stopped' ? ',"final":true,"status":"stopped"' : ',"final":true'
    return encodeFrame(this.#gathered(last), seq)
  }

  #gathered(more = ''): string {
    const data = `{"tokens":"${this.#held.join('')}","count":${this.#held.length}${more}}`
    this.#held = []
    return data
  }
}
