/** The three time limits of a run. A machine that slept has used up none of them. */
import { connectionLost, type StreamFailure, timedOut } from './stream-error.ts'
import type { StreamTimeouts } from './types.ts'

/** It looks so often at least, so that it notices a sleep. */
const LOOK_MS = 5000
/** A timer that is later than this was asleep with its machine (or its tab). */
const LATE_MS = 10_000

/** The defaults, and `timeout` as a number: all of it. */
export function timeLimits(timeout: number | StreamTimeouts = {}): Required<StreamTimeouts> {
  const given: StreamTimeouts = typeof timeout === 'number' ? { total: timeout } : timeout
  const { firstToken = 15_000, betweenTokens = 30_000, total = 300_000 } = given
  return { firstToken, betweenTokens, total }
}

export interface WatchOptions {
  limits: Required<StreamTimeouts>
  /** Told once for each `listen`; `slept`: the connection is old, and nobody was too slow. */
  onSilence(error: StreamFailure, slept: boolean): void
  onTotal(error: StreamFailure): void
}

export class Watch {
  readonly #options: WatchOptions
  /** Milliseconds of waking time that the run has had. */
  #usedMs = 0
  #lookedAt = Date.now()
  #heardAt = Date.now()
  #silenceMs = 0
  #isFirst = true
  #isListening = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueAt = 0
  #isStopped = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** A connection is made: from now on something is to be heard. `silenceMs`: instead of the limits. */
  listen(silenceMs?: number): void {
    const { firstToken, betweenTokens } = this.#options.limits
    this.#silenceMs = silenceMs ?? (this.#isFirst ? firstToken : betweenTokens)
    this.#isListening = true
    this.#go()
  }

  /** Nothing is expected: between two tries. The total goes on. */
  rest(): void {
    this.#isListening = false
  }

  /** Something came. Called per batch: it touches no timer. */
  heard(): void {
    this.#heardAt = Date.now()
    if (!this.#isFirst) return
    this.#isFirst = false
    // a longer silence of the transport's own stays; all others are now those between two events
    const { firstToken, betweenTokens } = this.#options.limits
    if (this.#silenceMs !== firstToken) return
    this.#silenceMs = betweenTokens
    this.#go()
  }

  /** Reading waits for us: neither limit runs. */
  async hold(room: Promise<void>): Promise<void> {
    this.#count()
    clearTimeout(this.#timer)
    await room
    this.#lookedAt = Date.now()
    this.#go()
  }

  /** For good. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#isStopped = true
  }

  #go(): void {
    this.#heardAt = Date.now()
    this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#isStopped) return
    this.#count()
    const now = Date.now()
    const totalMs = this.#options.limits.total - this.#usedMs
    // a clock that was set back
    this.#heardAt = Math.min(this.#heardAt, now)
    const silentMs = this.#isListening ? this.#heardAt + this.#silenceMs - now : LOOK_MS
    const waitMs = Math.max(1, Math.min(LOOK_MS, totalMs, silentMs))
    this.#dueAt = now + waitMs
    this.#timer = setTimeout(() => this.#look(), waitMs)
  }

  /** Adds what has passed since the last look, without the time that was slept; whether there was any. */
  #count(): boolean {
    const now = Date.now()
    const lateMs = now - this.#dueAt
    const slept = lateMs > LATE_MS && this.#timer !== undefined
    this.#usedMs += Math.max(0, (slept ? this.#dueAt : now) - this.#lookedAt)
    this.#lookedAt = now
    return slept
  }

  #look(): void {
    const slept = this.#count()
    const { limits, onTotal, onSilence } = this.#options
    if (this.#usedMs >= limits.total) {
      this.stop()
      return onTotal(timedOut('timeout_total'))
    }
    if (this.#isListening && Date.now() - this.#heardAt >= this.#silenceMs) {
      this.#isListening = false
      const silent = timedOut(this.#isFirst ? 'timeout_first_token' : 'timeout_between_tokens')
      onSilence(slept ? connectionLost() : silent, slept)
    }
    this.#arm()
  }
}
