/** Notices silence on a socket: of the server, which then sends a heartbeat, and of the client, who is then taken for gone. */

export interface LivenessOptions {
  heartbeatMs: number
  idleMs: number
  /** The server has been silent for `heartbeatMs`. It is to say something. */
  heartbeat(): void
  /** The client has been silent for `idleMs`. Nothing is watched any longer. */
  idle(): void
}

/** One timer that looks when there may be something to do, instead of one that is set back with each message. */
export class Liveness {
  readonly #options: LivenessOptions
  #heardAt = performance.now()
  #saidAt = this.#heardAt
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#look()
  }

  heard(): void {
    this.#heardAt = performance.now()
  }

  said(): void {
    this.#saidAt = performance.now()
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    const { heartbeatMs, idleMs, heartbeat, idle } = this.#options
    const now = performance.now()
    const patienceMs = this.#heardAt + idleMs - now
    if (patienceMs <= 0) return idle()
    if (this.#saidAt + heartbeatMs <= now) {
      heartbeat()
      this.#saidAt = now
    }
    // A timer may fire a fraction too soon: rounded up, so that it does not fire again and again until it is time.
    const nextMs = Math.ceil(Math.min(patienceMs, this.#saidAt + heartbeatMs - now)) + 1
    this.#timer = setTimeout(() => this.#look(), nextMs)
  }
}
