/** The figures of one run, as this client saw it. */
import type { StreamMetrics } from './types.ts'

export class RunMetrics {
  tokens = 0
  resumes = 0
  /** 0 before the first run. */
  readonly #startedAt: number
  #firstTokenAt: number | undefined
  #endedAt: number | undefined

  constructor(startedAt = 0) {
    this.#startedAt = startedAt
  }

  firstToken(): void {
    this.#firstTokenAt = performance.now()
  }

  /** The run that had been left is read on. */
  goOn(): void {
    this.#endedAt = undefined
  }

  end(): void {
    this.#endedAt = performance.now()
  }

  get(): StreamMetrics {
    const { tokens, resumes } = this
    const elapsedMs = this.#startedAt && (this.#endedAt ?? performance.now()) - this.#startedAt
    return {
      tokens,
      elapsedMs,
      tokensPerSecond: elapsedMs && (tokens * 1000) / elapsedMs,
      timeToFirstTokenMs: this.#firstTokenAt && this.#firstTokenAt - this.#startedAt,
      resumes,
    }
  }
}
