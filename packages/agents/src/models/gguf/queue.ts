/** The line before a model that can only answer one at a time. */
import { ChatKitError } from '@millrace/protocol'
import { throwIfAborted } from '../abort.ts'

/** A place in the line. */
export interface Ticket {
  /** How many are ahead, now and whenever it changes; finishes when none is. An abort throws an `AbortError`. */
  ahead(signal: AbortSignal | undefined): AsyncIterable<number>
  /** Gives the place up, served or not. Leaving twice changes nothing. */
  leave(): void
}

interface Entry {
  moved: () => void
}

export class Queue {
  readonly #maxWaiting: number
  /** The first is being served, the others wait. */
  readonly #line: Entry[] = []

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting
  }

  /** Throws `unavailable` when `maxWaiting` are waiting already. */
  join(): Ticket {
    if (this.#line.length > this.#maxWaiting) {
      const answers = this.#maxWaiting === 1 ? 'answer is' : 'answers are'
      throw new ChatKitError(
        'unavailable',
        `The local model is busy: ${this.#maxWaiting} ${answers} waiting already. Try again in a minute.`,
        { retryAfterMs: 60_000 },
      )
    }
    const line = this.#line
    const entry: Entry = { moved: () => undefined }
    line.push(entry)
    return {
      async *ahead(signal) {
        throwIfAborted(signal)
        for (let place = line.indexOf(entry); place > 0; place = line.indexOf(entry)) {
          yield place
          // The line may have moved while the place was being told.
          while (line.indexOf(entry) === place && !signal?.aborted) await change(entry, signal)
          throwIfAborted(signal)
        }
      },
      leave() {
        const place = line.indexOf(entry)
        if (place < 0) return
        line.splice(place, 1)
        for (const behind of line.slice(place)) behind.moved()
      },
    }
  }
}

/** Resolves when the line before `entry` has moved or the signal is aborted. */
function change(entry: Entry, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      signal?.removeEventListener('abort', go)
      resolve()
    }
    entry.moved = go
    signal?.addEventListener('abort', go, { once: true })
  })
}
