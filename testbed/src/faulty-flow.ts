/** One direction of a connection through the faulty proxy: takes what comes from one socket and hands it on as badly as asked. */
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { Faults } from './faulty-proxy.ts'
import { between, type Random } from './seeded-random.ts'

/** `down`: from the server to the client. */
export type Direction = 'down' | 'up'

export interface FlowOptions {
  direction: Direction
  from: Socket
  to: Socket
  random: Random
  /** Asked for each piece: they may change while the connection is open. */
  faults: () => Faults
  /** Ends the whole connection. */
  cut: (how: 'reset' | 'end') => void
}

/** Bytes that may wait for a slow network before the sender is held up. */
const MAX_WAITING_BYTES = 64 * 1024

/** Longest piece of a `random` split: short enough that most records are split somewhere. */
const RANDOM_PIECE = 24

/** How often a second throttled bytes are handed on. */
const TICKS = 50

interface Arrival {
  bytes: Buffer
  at: number
}

export class Flow {
  readonly #options: FlowOptions
  readonly #queue: Arrival[] = []
  #waiting = 0
  /** Bytes handed on. */
  #passed = 0
  /** When the next bytes of a throttled connection may pass. */
  #freeAt = 0
  #hasEnded = false
  #isOver = false
  #wake: () => void = () => {}

  constructor(options: FlowOptions) {
    this.#options = options
    const { from, to } = options
    from.on('data', (bytes: Buffer) => {
      if (this.#isOver) return
      this.#waiting += bytes.length
      this.#queue.push({ bytes, at: performance.now() })
      if (this.#waiting > MAX_WAITING_BYTES) from.pause()
      this.#wake()
    })
    for (const event of ['end', 'close']) {
      from.on(event, () => {
        this.#hasEnded = true
        this.#wake()
      })
    }
    to.on('close', () => this.stop())
    void this.#pump()
  }

  /** The faults have changed: looks again at what waits. */
  changed(): void {
    this.#wake()
  }

  /** Tells the receiver that the sender has ended; what still comes is swallowed. */
  halfClose(): void {
    if (this.#isOver) return
    this.stop()
    this.#options.to.end()
    this.#options.from.resume()
  }

  /** Hands nothing on any more. */
  stop(): void {
    this.#isOver = true
    this.#queue.length = 0
    this.#wake()
  }

  async #pump(): Promise<void> {
    while (!this.#isOver) {
      const wait = this.#waitMs()
      if (wait > 0) await this.#woken(wait)
      else if (this.#queue.length === 0) this.halfClose()
      else await this.#handOn()
    }
  }

  /** Milliseconds until the next bytes (or the end) may pass; infinite where only a change can let them. */
  #waitMs(): number {
    const { hold, delayMs = 0 } = this.#options.faults()
    const [next] = this.#queue
    if (hold || (!next && !this.#hasEnded)) return Number.POSITIVE_INFINITY
    return Math.max(this.#freeAt, (next?.at ?? 0) + delayMs) - performance.now()
  }

  #woken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #handOn(): Promise<void> {
    const { to, from, direction, cut } = this.#options
    const faults = this.#options.faults()
    const cutAt = faults.cut && (faults.cut.of ?? 'down') === direction ? faults.cut.after : Number.POSITIVE_INFINITY
    const closeAt =
      faults.halfClose && (faults.halfClose.of ?? 'down') === direction
        ? faults.halfClose.after
        : Number.POSITIVE_INFINITY
    const length = Math.min(this.#pieceLength(faults), cutAt - this.#passed, closeAt - this.#passed)
    if (length > 0) {
      const piece = this.#take(length)
      if (faults.bytesPerSecond) {
        this.#freeAt = Math.max(this.#freeAt, performance.now()) + (1000 * piece.length) / faults.bytesPerSecond
      }
      const isFull = !to.write(piece)
      if (from.isPaused() && this.#waiting <= MAX_WAITING_BYTES) from.resume()
      if (isFull) await this.#drained()
      // Each piece a packet of its own, as far as the receiver is awake to see it.
      if (faults.split !== undefined) await setImmediate()
    }
    if (this.#isOver) return
    if (this.#passed >= cutAt) cut(faults.cut?.how ?? 'reset')
    else if (this.#passed >= closeAt) this.halfClose()
  }

  #pieceLength({ split, bytesPerSecond }: Faults): number {
    const wanted = split === 'random' ? between(this.#options.random, 1, RANDOM_PIECE) : (split ?? Number.MAX_VALUE)
    const allowed = bytesPerSecond ? Math.ceil(bytesPerSecond / TICKS) : Number.MAX_VALUE
    return Math.min(wanted, allowed)
  }

  /** The first bytes that wait, at most `length` of one arrival. */
  #take(length: number): Buffer {
    const [next] = this.#queue
    if (!next) return Buffer.alloc(0)
    const piece = next.bytes.subarray(0, length)
    if (piece.length === next.bytes.length) this.#queue.shift()
    else next.bytes = next.bytes.subarray(piece.length)
    this.#waiting -= piece.length
    this.#passed += piece.length
    return piece
  }

  #drained(): Promise<void> {
    const { to } = this.#options
    return new Promise((resolve) => {
      const done = () => {
        to.off('drain', done)
        to.off('close', done)
        resolve()
      }
      to.on('drain', done)
      to.on('close', done)
    })
  }
}
