/** Text between its arrival and its being shown. Parts are joined when a batch is shown, so the cost is linear. */

import { nextFrame } from '../frames.ts'
import type { BufferSize } from './buffer-size.ts'

export interface TokenBufferOptions {
  size: BufferSize
  /** Whether somebody wants to be told. */
  isWatched(): boolean
  /** There is more text to show: called at most once a frame, and only where somebody is told. */
  onFrame(): void
}

export class TokenBuffer {
  /** Milliseconds after the last token from which on what is held back is shown. */
  flushMs = 100
  /** Tokens that may wait for the next frame, or for the end of a pause. */
  maxPending = 100
  readonly #options: TokenBufferOptions
  #shown = ''
  #held: string[] = []
  /** Tokens that came since listeners were told. */
  #untold = 0
  #isPaused = false
  #arrivedAt = 0
  #flush: ReturnType<typeof setTimeout> | undefined
  #cancelFrame: (() => void) | undefined
  /** Of the reader that waits for room. */
  #wake: (() => void) | undefined
  /** Of who waits for the end of a pause. */
  #resume: (() => void) | undefined

  constructor(options: TokenBufferOptions) {
    this.#options = options
  }

  /** The text that may be seen. */
  get text(): string {
    return this.#shown
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** One token; `arrived` is to follow once for all that came at once. */
  add(token: string): void {
    this.#held.push(token)
  }

  arrived(tokens: number): void {
    const { size, isWatched } = this.#options
    this.#untold += tokens
    size.arrived(tokens)
    if (this.#isPaused || this.#held.length === 0) return
    if (!isWatched() || this.#held.length >= Math.min(size.size, this.maxPending)) return this.#show()
    this.#arrivedAt = performance.now()
    this.#flush ??= setTimeout(this.#late, this.flushMs)
  }

  /** Undefined while more may be read; else resolves when the next frame is through, or the pause. */
  room(): Promise<void> | undefined {
    const waiting = this.#isPaused ? this.#held.length : this.#cancelFrame ? this.#untold : 0
    if (waiting < this.maxPending) return undefined
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#show()
    this.#resume?.()
    this.#resume = undefined
  }

  /** Shows all there is, at once, where it is not paused; nobody is told. */
  finish(): void {
    if (this.#isPaused) return
    this.#join()
    this.#told()
  }

  /** Resolves when it is not paused, or not any more. */
  resumed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isPaused) this.#resume = resolve
      else resolve()
    })
  }

  reset(): void {
    this.resume()
    this.finish()
    this.#shown = ''
  }

  /** One look per flush, instead of a timer that is set back with each token. */
  #late = () => {
    this.#flush = undefined
    if (this.#isPaused || this.#held.length === 0) return
    const silentMs = performance.now() - this.#arrivedAt
    const restMs = this.flushMs - silentMs
    if (restMs > 1) this.#flush = setTimeout(this.#late, restMs)
    else this.#show()
  }

  #show(): void {
    this.#join()
    const { isWatched, onFrame, size } = this.#options
    if (!isWatched()) return this.#told()
    if (this.#cancelFrame) return
    const askedAt = performance.now()
    this.#cancelFrame = nextFrame(() => {
      size.drawn(performance.now() - askedAt)
      this.#told()
      onFrame()
    })
  }

  #join(): void {
    clearTimeout(this.#flush)
    this.#flush = undefined
    if (this.#held.length === 0) return
    this.#shown += this.#held.join('')
    this.#held = []
  }

  #told(): void {
    this.#cancelFrame?.()
    this.#cancelFrame = undefined
    this.#untold = 0
    this.#wake?.()
    this.#wake = undefined
  }
}
