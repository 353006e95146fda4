/** The runs that this process produces: how many there may be, and how they come to their end when it goes away. */
import { ChatKitError } from '@millrace/protocol'
import type { Production } from './production.ts'

/** When a client may find room again. */
const RETRY_AFTER_MS = 2000

export class ActiveRuns<Context> {
  readonly #maxRuns: number
  readonly #productions = new Set<Production<Context>>()
  /** Runs that are opened and not produced yet: with those that are they fill `maxRuns`. */
  readonly #launches = new Set<Promise<void>>()
  #isClosing = false
  /** Whether what still runs, or starts after all, is ended now. */
  #isInterrupting = false

  /** `maxRuns`: 0 is no limit. */
  constructor(maxRuns: number) {
    this.#maxRuns = maxRuns
  }

  get size(): number {
    return this.#productions.size
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  /** @throws ChatKitError `unavailable` where no run may start now */
  requireRoom(): void {
    if (this.#isClosing) throw new ChatKitError('unavailable', 'The server is going down. Try again in a moment.')
    if (this.#maxRuns > 0 && this.#productions.size + this.#launches.size >= this.#maxRuns) {
      throw new ChatKitError('unavailable', 'The server is writing as many answers as it can. Try again in a moment.', {
        retryAfterMs: RETRY_AFTER_MS,
      })
    }
  }

  /**
   * Launches a run, which counts from the first step of `job` on.
   * @throws ChatKitError `unavailable` where there is no room, and what `job` throws
   */
  async launch(job: () => Promise<Production<Context>>): Promise<Production<Context>> {
    this.requireRoom()
    const launch = this.#produce(job)
    const over = launch.then(
      () => {},
      () => {},
    )
    this.#launches.add(over)
    void over.then(() => this.#launches.delete(over))
    return launch
  }

  async #produce(job: () => Promise<Production<Context>>): Promise<Production<Context>> {
    const production = await job()
    this.#productions.add(production)
    void production.ended.then(() => this.#productions.delete(production))
    if (this.#isInterrupting) production.interrupt()
    return production
  }

  /** Takes no new runs, lets the running ones finish for `graceMs`, then ends the rest as `interrupted`. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true
    const grace = setTimeout(() => {
      this.#isInterrupting = true
      for (const production of this.#productions) production.interrupt()
    }, graceMs)
    while (this.#launches.size + this.#productions.size > 0) {
      await Promise.all([...this.#launches, ...[...this.#productions].map((production) => production.ended)])
    }
    clearTimeout(grace)
  }
}
