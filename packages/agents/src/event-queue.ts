/**
 * Events between whoever makes them (the model's mapper, tools) and the one reader who takes them. What waits here is
 * handed over without a promise of its own: a reader that finds something gets it at once.
 */
import { ChatKitError } from '@millrace/protocol'

export interface EventQueueLimits {
  /** Values that may wait before `room` holds back whoever asks. */
  high: number
  /** Values pushed by somebody who doesn't wait for the room he asked for, at which pushing fails. */
  max: number
}

const LIMITS: EventQueueLimits = { high: 256, max: 10_000 }

type Ending = { error?: unknown }

export class EventQueue<T> {
  readonly #limits: EventQueueLimits
  /** Waiting values are those from `#head` on; the ones before it are cut off in one go, not shifted one by one. */
  #values: T[] = []
  #head = 0
  #ending: Ending | undefined
  #reader: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void } | undefined
  #roomAskers: (() => void)[] = []
  #isRead = false
  #isDiscarding = false

  constructor(limits: EventQueueLimits = LIMITS) {
    this.#limits = limits
  }

  /** Hands a value to the reader, or keeps it for the next `next`. Throws past the maximum. */
  push(value: T): void {
    if (this.#isDiscarding) return
    if (this.#reader) {
      const { resolve } = this.#reader
      this.#reader = undefined
      resolve({ value, done: false })
      return
    }
    // Before somebody reads nobody is made to wait, so there the length itself tells.
    if ((this.#isRead ? this.#roomAskers.length : this.length) >= this.#limits.max) {
      throw new ChatKitError(
        'server_error',
        `More than ${this.#limits.max} events wait to be sent. Await each \`stream\`.`,
      )
    }
    this.#values.push(value)
  }

  get length(): number {
    return this.#values.length - this.#head
  }

  /** Whether whoever produces should await `room` before going on. Never before somebody reads: that would wait for ever. */
  get isFull(): boolean {
    return this.#isRead && this.length >= this.#limits.high
  }

  /** Resolves once the reader has caught up to half of the limit, or has left. */
  room(): Promise<void> {
    if (!this.isFull) return Promise.resolve()
    return new Promise((resolve) => this.#roomAskers.push(resolve))
  }

  /** Forgets what waits. */
  clear(): void {
    this.#values = []
    this.#head = 0
    this.#giveRoom()
  }

  /** Ends the reading after what waits, with `error` where there is one. */
  end(ending: Ending = {}): void {
    this.#ending = ending
    if (this.#reader && this.length === 0) {
      const reader = this.#reader
      this.#reader = undefined
      settle(reader, this.#takeEnding(ending))
    }
  }

  /** Ends the reading at once: what waits and what still comes is thrown away. */
  discard(): void {
    this.#isDiscarding = true
    this.clear()
    this.end()
  }

  /** The one reader. It may come again after an end: a second run of the same answer. `leave` is called if it leaves early. */
  read(leave: () => void): AsyncIterator<T, undefined> {
    this.#isRead = true
    return {
      next: () => this.#next(),
      return: () => {
        leave()
        this.discard()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    if (this.#head < this.#values.length) return Promise.resolve({ value: this.#take(), done: false })
    if (this.#ending) {
      return new Promise((resolve, reject) => {
        if (this.#ending) settle({ resolve, reject }, this.#takeEnding(this.#ending))
      })
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  #take(): T {
    const value = this.#values[this.#head] as T
    this.#head += 1
    if (this.#head === this.#values.length) {
      this.#values.length = 0
      this.#head = 0
    } else if (this.#head >= 1024) {
      this.#values = this.#values.slice(this.#head)
      this.#head = 0
    }
    if (this.#roomAskers.length > 0 && this.length <= this.#limits.high / 2) this.#giveRoom()
    return value
  }

  #takeEnding(ending: Ending): Ending {
    this.#ending = this.#isDiscarding ? {} : undefined
    this.#isRead = false
    this.#giveRoom()
    return ending
  }

  #giveRoom(): void {
    const askers = this.#roomAskers
    this.#roomAskers = []
    for (const resolve of askers) resolve()
  }
}

function settle<T>(
  reader: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void },
  ending: Ending,
): void {
  if ('error' in ending) reader.reject(ending.error)
  else reader.resolve({ value: undefined, done: true })
}
