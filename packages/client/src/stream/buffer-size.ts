/** How many tokens are shown at once: a number, a profile, or what suits the network, the machine and the model's speed. */
import type { BufferProfile, StreamOptions } from './types.ts'

/** From the contract, section 2. */
const SIZES: Readonly<Record<BufferProfile, number>> = {
  high_latency: 20,
  local: 5,
  high_speed: 2,
  cpu_constrained: 10,
  unlimited: 1,
}

/** A round trip from which on tokens come in lumps anyhow. */
const HIGH_LATENCY_MS = 300
/** A frame that is later than two: the page has more to do than it can. */
const BUSY_FRAME_MS = 34
/** Tokens a second from which on a frame (of 60) has more than two, and from which on it has one at times. */
const FAST = 120
const BRISK = 30
/** A rate needs some time to be one. */
const WINDOW_MS = 250
/** Of the last value in an average. */
const WEIGHT = 0.2

export class BufferSize {
  #isAuto = true
  #size = 1
  #frameMs = 0
  #windowStart = 0
  #windowTokens = 0
  #rate = 0

  /** @throws TypeError for what is neither 1 to 1000, a profile, nor `auto` */
  set(option: StreamOptions['bufferSize'] = 'auto'): void {
    // the first words of an answer are waited for the most
    const size = typeof option === 'number' ? option : option === 'auto' ? 1 : SIZES[option]
    if (!(size >= 1 && size <= 1000)) {
      throw new TypeError('`bufferSize` is 1 to 1000, a profile, or `auto`.')
    }
    this.#isAuto = option === 'auto'
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  /** A batch has arrived. */
  arrived(tokens: number): void {
    if (!this.#isAuto) return
    const now = performance.now()
    const passedMs = now - this.#windowStart
    this.#windowTokens += tokens
    if (passedMs < WINDOW_MS) return
    // a pause of the model says nothing about its speed
    if (passedMs < 4 * WINDOW_MS) this.#rate = (this.#windowTokens * 1000) / passedMs
    this.#windowStart = now
    this.#windowTokens = 0
    this.#size = SIZES[this.#profile()]
  }

  /** A frame came so long after it was asked for. */
  drawn(waitMs: number): void {
    this.#frameMs += (waitMs - this.#frameMs) * WEIGHT
  }

  #profile(): BufferProfile {
    if (isSlowNetwork()) return 'high_latency'
    if (this.#frameMs > BUSY_FRAME_MS) return 'cpu_constrained'
    if (this.#rate > FAST) return 'local'
    return this.#rate > BRISK ? 'high_speed' : 'unlimited'
  }
}

/** The browser's word for it, where it has one (Chromium). */
function isSlowNetwork(): boolean {
  const { connection } = (globalThis.navigator ?? {}) as { connection?: { effectiveType?: string; rtt?: number } }
  return /2g|3g/.test(connection?.effectiveType ?? '') || (connection?.rtt ?? 0) > HIGH_LATENCY_MS
}
