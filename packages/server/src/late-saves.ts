/**
 * What was said and could not be saved, because the store was away, as with a full disk. It waits in memory, is saved as
 * soon as the store takes it again, and before the next turn of its thread. For a process that dies meanwhile the run log
 * has it: it could not write the run's end either, so the next start adopts the run.
 */
import { ChatKitError } from '@millrace/protocol'
import { isTakenOver } from './log/refusals.ts'

type Save = () => Promise<void>

/** How often a store that is away is tried again. */
const RETRY_MS = 250

interface Waiting {
  saves: Save[]
  /** The try that is under way. */
  trying: Promise<void> | undefined
}

export class LateSaves {
  readonly #threads = new Map<string, Waiting>()
  readonly #report: (error: unknown, threadId: string) => void
  #timer: ReturnType<typeof setInterval> | undefined

  /** `report` is told of a save that failed for good. */
  constructor(report: (error: unknown, threadId: string) => void) {
    this.#report = report
  }

  add(threadId: string, save: Save): void {
    const waiting = this.#threads.get(threadId)
    if (waiting) waiting.saves.push(save)
    else this.#threads.set(threadId, { saves: [save], trying: undefined })
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => void this.#settleAll(), RETRY_MS)
    // Nothing is lost with the process, so it need not wait for a disk.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  /** Saves what waits for this thread. @throws ChatKitError `unavailable` while the store is still away */
  async settle(threadId: string): Promise<void> {
    const waiting = this.#threads.get(threadId)
    if (!waiting) return
    waiting.trying ??= this.#save(threadId, waiting.saves).finally(() => {
      waiting.trying = undefined
    })
    await waiting.trying
  }

  /** A last try. */
  async close(): Promise<void> {
    await this.#settleAll()
    clearInterval(this.#timer)
  }

  async #settleAll(): Promise<void> {
    // Still away: the next try will tell.
    for (const threadId of [...this.#threads.keys()]) await this.settle(threadId).catch(() => {})
  }

  async #save(threadId: string, saves: Save[]): Promise<void> {
    for (let next = saves[0]; next; next = saves[0]) {
      try {
        await next()
      } catch (error) {
        if (isAway(error)) throw error
        // A thread that was deleted meanwhile stays deleted.
        if (!isNotFound(error)) this.#report(error, threadId)
      }
      saves.shift()
    }
    this.#threads.delete(threadId)
    if (this.#threads.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/** Whether the same may work later: a run that another writer has taken over does not come back. */
export function isAway(error: unknown): boolean {
  return error instanceof ChatKitError && error.code === 'unavailable' && !isTakenOver(error)
}

function isNotFound(error: unknown): boolean {
  return error instanceof ChatKitError && error.code === 'not_found'
}
