/** A bounded queue between one who makes values and one who reads them. */

export interface ChannelOptions {
  /** Values that may wait before `push` does. */
  limit?: number
}

/**
 * Values pushed here come out by iterating, in order. One reader. It ends when it is closed and read empty, or, for the
 * writer, when the reader has left: what is pushed then is dropped.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #limit: number
  readonly #values: T[] = []
  /** Resolve functions of pushes that wait for room. */
  #blocked: (() => void)[] = []
  /** Wakes the reader, while it waits. */
  #wake: (() => void) | undefined
  #end: { error?: unknown } | undefined

  /** `limit`: 64 by default. */
  constructor({ limit = 64 }: ChannelOptions = {}) {
    this.#limit = limit
  }

  get isClosed(): boolean {
    return this.#end !== undefined
  }

  /** Resolves when there is room for a next value. */
  push(value: T): Promise<void> {
    if (this.#end) return Promise.resolve()
    this.#values.push(value)
    this.#wake?.()
    if (this.#values.length <= this.#limit) return Promise.resolve()
    return new Promise((resolve) => this.#blocked.push(resolve))
  }

  /** No more values; with an error the reader throws it behind the last one. Closing again changes nothing. */
  close(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error }
    this.#wake?.()
    this.#unblock()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (true) {
        if (this.#values.length > 0) {
          const next = this.#values.splice(0, 1)
          if (this.#values.length <= this.#limit) this.#unblock()
          yield* next
        } else if (this.#end) {
          if ('error' in this.#end) throw this.#end.error
          return
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve))
          this.#wake = undefined
        }
      }
    } finally {
      this.#values.length = 0
      this.close()
    }
  }

  #unblock(): void {
    const blocked = this.#blocked
    this.#blocked = []
    for (const resume of blocked) resume()
  }
}
