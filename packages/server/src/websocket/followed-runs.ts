/** The runs that one socket follows, and those that it is about to. */
import { ChatKitError } from '@millrace/protocol'
import type { FollowedRun } from './followed-run.ts'

export class FollowedRuns {
  readonly #max: number
  readonly #runs = new Map<string, FollowedRun>()
  /** Starts and attaches whose run is not known yet, with the message id that they name. */
  readonly #opening = new Map<Promise<void>, string | undefined>()

  /** `max`: runs that may be followed at once. */
  constructor(max: number) {
    this.#max = max
  }

  /** Whether something is being sent, or may be soon. What is paused waits for the client. */
  get isBusy(): boolean {
    if (this.#opening.size > 0) return true
    for (const run of this.#runs.values()) if (!run.isPaused) return true
    return false
  }

  has(messageId: string): boolean {
    return this.#runs.has(messageId)
  }

  add(run: FollowedRun): void {
    this.#runs.set(run.info.messageId, run)
  }

  delete(run: FollowedRun): void {
    this.#runs.delete(run.info.messageId)
  }

  leaveAll(): void {
    for (const run of this.#runs.values()) run.leave()
    this.#runs.clear()
  }

  /**
   * Makes the step after which a run is followed; who asks for the run meanwhile waits for it by `opening`.
   * @throws ChatKitError `rate_limited` where there are as many as there may be
   */
  async open(messageId: string | undefined, step: () => Promise<void>): Promise<void> {
    if (this.#runs.size + this.#opening.size >= this.#max) {
      const advice = 'Wait for one to end, or open another socket.'
      throw new ChatKitError('rate_limited', `This socket follows ${this.#max} answers. ${advice}`)
    }
    const opening = step()
    const settled = opening.catch(() => {})
    this.#opening.set(settled, messageId)
    try {
      await opening
    } finally {
      this.#opening.delete(settled)
    }
  }

  /** Resolves once no run is being opened that may be the one of that id (without one: the only one); undefined at once. */
  opening(messageId: string | undefined): Promise<unknown> | undefined {
    const settled: Promise<void>[] = []
    for (const [opening, id] of this.#opening) if (messageId === undefined || id === messageId) settled.push(opening)
    return settled.length > 0 ? Promise.all(settled) : undefined
  }

  get(messageId: string): FollowedRun | undefined {
    return this.#runs.get(messageId)
  }

  /** The only run. @throws ChatKitError `invalid_request` where there is none, or several */
  only(): FollowedRun {
    const [run] = this.#runs.values()
    if (run && this.#runs.size === 1) return run
    const count = run ? `${this.#runs.size} answers` : 'no answer'
    throw new ChatKitError('invalid_request', `This socket follows ${count}. Name the one you mean.`, {
      param: 'message_id',
    })
  }
}
