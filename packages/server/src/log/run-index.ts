/** Runs in memory, found by each of their names. */
import type { RunInfo, RunQuery } from './run-log.ts'

export class RunIndex<Run extends { readonly info: RunInfo }> {
  readonly #byId = new Map<string, Run>()
  readonly #byMessage = new Map<string, Run>()
  /** The latest last. */
  readonly #byThread = new Map<string, Run[]>()

  add(run: Run): void {
    const { runId, threadId } = run.info
    this.#byId.set(runId, run)
    this.#byMessage.set(messageKey(run.info), run)
    const siblings = this.#byThread.get(threadId)
    if (siblings) siblings.push(run)
    else this.#byThread.set(threadId, [run])
  }

  delete(run: Run): void {
    const { runId, threadId } = run.info
    this.#byId.delete(runId)
    this.#byMessage.delete(messageKey(run.info))
    const siblings = this.ofThread(threadId).filter((sibling) => sibling !== run)
    if (siblings.length > 0) this.#byThread.set(threadId, siblings)
    else this.#byThread.delete(threadId)
  }

  has(run: Run): boolean {
    return this.#byId.get(run.info.runId) === run
  }

  find(by: RunQuery): Run | undefined {
    if ('runId' in by) return this.#byId.get(by.runId)
    if ('threadId' in by) return this.ofThread(by.threadId).at(-1)
    return this.#byMessage.get(messageKey(by))
  }

  /** A thread's runs, the latest last. */
  ofThread(threadId: string): readonly Run[] {
    return this.#byThread.get(threadId) ?? []
  }

  values(): Iterable<Run> {
    return this.#byId.values()
  }
}

/** Message ids contain no blank, so no two pairs share a key. */
function messageKey({ messageId, owner }: { messageId: string; owner: string }): string {
  return `${messageId} ${owner}`
}
