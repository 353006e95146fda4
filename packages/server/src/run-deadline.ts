/** Ends a run whose handler hangs: it said nothing for too long, or never comes to an end. */
import { ChatKitError, type ChatKitErrorCode } from '@millrace/protocol'
import type { RunTimeouts } from './options.ts'

/** A timer's longest delay; what is longer counts as no limit. */
const LONGEST_MS = 2 ** 31 - 1

export class RunDeadline {
  readonly #timeouts: RunTimeouts
  readonly #expire: (error: ChatKitError) => void
  readonly #startedAt = performance.now()
  /** When the last event came; none yet while it is the start. */
  #lastAt = this.#startedAt
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `expire` is called once, with a `timeout_…` error, unless the deadline is closed before. */
  constructor(timeouts: RunTimeouts, expire: (error: ChatKitError) => void) {
    this.#timeouts = timeouts
    this.#expire = expire
    this.#wait()
  }

  /** An event of the run came. Called per token, so it only looks at the clock; the timer finds out later. */
  progress(): void {
    this.#lastAt = performance.now()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #wait(): void {
    const { dueAt } = this.#next()
    const waitMs = Math.max(1, Math.ceil(dueAt - performance.now()))
    // No later than a silence that begins now may last: progress does not set the timer back, nor forward.
    const soonestMs = Math.max(1, Math.ceil(this.#timeouts.betweenTokensMs))
    this.#timer = setTimeout(() => this.#look(), Math.min(waitMs, soonestMs, LONGEST_MS))
  }

  #look(): void {
    const { dueAt, code, afterMs } = this.#next()
    if (performance.now() < dueAt) this.#wait()
    else this.#expire(timedOut(code, afterMs))
  }

  #next(): { dueAt: number; code: TimeoutCode; afterMs: number } {
    const { firstTokenMs, betweenTokensMs, totalMs } = this.#timeouts
    const isSilent = this.#lastAt === this.#startedAt
    const silentMs = isSilent ? firstTokenMs : betweenTokensMs
    const silenceEndsAt = this.#lastAt + silentMs
    const endsAt = this.#startedAt + totalMs
    if (endsAt <= silenceEndsAt) return { dueAt: endsAt, code: 'timeout_total', afterMs: totalMs }
    const code = isSilent ? 'timeout_first_token' : 'timeout_between_tokens'
    return { dueAt: silenceEndsAt, code, afterMs: silentMs }
  }
}

type TimeoutCode = Extract<ChatKitErrorCode, `timeout_${string}`>

function timedOut(code: TimeoutCode, ms: number): ChatKitError {
  const seconds = `${Math.round(ms / 100) / 10} s`
  const messages: Record<TimeoutCode, string> = {
    timeout_first_token: `The model said nothing for ${seconds}. Try again in a moment.`,
    timeout_between_tokens: `The model fell silent for ${seconds}. Try again; what it had said is kept.`,
    timeout_total: `The answer took longer than ${seconds} and was ended. Ask for a shorter one.`,
  }
  return new ChatKitError(code, messages[code])
}
