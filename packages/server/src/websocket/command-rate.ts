/** How many commands a client may send in a second: two numbers for each socket, and no timer. */

const WINDOW_MS = 1000

export class CommandRate {
  readonly #max: number
  #since = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Takes one command at `now` milliseconds of a clock that never goes back. False: it is one too many. */
  take(now: number): boolean {
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= this.#max
  }
}
