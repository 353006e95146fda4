/** Sends what an encoder holds back once it is due: one timer for a reader, whatever it holds. */
import type { HeldTokens } from '../plain/token-view.ts'

export class FlushTimer {
  readonly #held: HeldTokens
  readonly #send: (frames: string) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(held: HeldTokens, send: (frames: string) => void) {
    this.#held = held
    this.#send = send
  }

  /** Something may be held back now. A timer that is set stays: it looks again when it finds nothing due. */
  look(): void {
    if (this.#timer !== undefined || this.#isClosed) return
    const dueInMs = this.#held.dueInMs()
    if (dueInMs !== undefined) this.#timer = setTimeout(this.#fire, Math.max(0, Math.ceil(dueInMs)))
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  readonly #fire = (): void => {
    this.#timer = undefined
    const dueInMs = this.#held.dueInMs()
    if (dueInMs !== undefined && dueInMs <= 0) this.#send(this.#held.flush())
    this.look()
  }
}
