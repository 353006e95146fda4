/** Sums over the last seconds, in a fixed number of slots: adding and reading cost the same however much happens. */

export class SlidingSum {
  readonly #slots: Float64Array
  /** The second that each slot stands for: a slot of another one is stale. */
  readonly #seconds: Float64Array
  readonly #now: () => number

  /** @param windowSeconds whole seconds @param now milliseconds of a clock that never goes back */
  constructor(windowSeconds: number, now: () => number = () => performance.now()) {
    this.#slots = new Float64Array(windowSeconds)
    this.#seconds = new Float64Array(windowSeconds).fill(Number.NEGATIVE_INFINITY)
    this.#now = now
  }

  add(amount: number): void {
    const second = Math.floor(this.#now() / 1000)
    const slot = second % this.#slots.length
    const before = this.#seconds[slot] === second ? (this.#slots[slot] ?? 0) : 0
    this.#seconds[slot] = second
    this.#slots[slot] = before + amount
  }

  /** What was added in this second and in those before it, as many together as the window has. */
  sum(): number {
    const oldest = Math.floor(this.#now() / 1000) - this.#slots.length + 1
    let total = 0
    for (let slot = 0; slot < this.#slots.length; slot += 1) {
      if ((this.#seconds[slot] ?? 0) >= oldest) total += this.#slots[slot] ?? 0
    }
    return total
  }
}
