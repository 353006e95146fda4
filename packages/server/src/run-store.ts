/**
 * The store as a run uses it. Nothing is written once the run may be another writer's: a process that was frozen past its
 * lease saves nothing when it wakes. And a store that is away for a moment, as a database that restarts, is waited for.
 */
import { ChatKitError } from '@millrace/protocol'
import { isAway } from './late-saves.ts'
import { isTakenOver } from './log/refusals.ts'
import type { RunWriter } from './log/run-log.ts'
import type { Store } from './store/store.ts'

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1000

export interface RunStoreOptions {
  writer: Pick<RunWriter, 'hold' | 'signal'>
  /** How long a store that is away is waited for, in milliseconds; counted anew when it has answered. */
  patienceMs: number
}

/** @throws ChatKitError besides what the store throws: `interrupted` when another writer has taken the run over */
export function runStore<Context>(store: Store<Context>, options: RunStoreOptions): Store<Context> {
  const patience = new Patience(options)
  const read = <T>(job: () => Promise<T>) => patience.of(job)
  const write = <T>(job: () => Promise<T>) =>
    patience.of(async () => {
      await held(options.writer)
      return job()
    })
  return {
    loadThread: (id, context) => read(() => store.loadThread(id, context)),
    saveThread: (thread, changed, context) => write(() => store.saveThread(thread, changed, context)),
    listThreads: (page, context) => read(() => store.listThreads(page, context)),
    deleteThread: (id, context) => write(() => store.deleteThread(id, context)),
    loadItem: (thread, item, context) => read(() => store.loadItem(thread, item, context)),
    saveItem: (thread, item, context) => write(() => store.saveItem(thread, item, context)),
    listItems: (thread, page, types, context) => read(() => store.listItems(thread, page, types, context)),
    deleteItem: (thread, item, context) => write(() => store.deleteItem(thread, item, context)),
    loadAttachment: (id, context) => read(() => store.loadAttachment(id, context)),
    saveAttachment: (attachment, context) => write(() => store.saveAttachment(attachment, context)),
    deleteAttachment: (id, context) => write(() => store.deleteAttachment(id, context)),
    commit: (writes, context) => write(() => store.commit(writes, context)),
    check: () => store.check(),
    close: () => store.close(),
  }
}

async function held(writer: RunStoreOptions['writer']): Promise<void> {
  try {
    await writer.hold()
  } catch (cause) {
    // Taken over after its log had been away for a while, its signal says `unavailable` still.
    if (writer.signal.reason !== 'lost' && !isTakenOver(cause)) throw cause
    throw new ChatKitError('interrupted', 'Another process has taken this answer over.', { cause })
  }
}

class Patience {
  readonly #options: RunStoreOptions
  /** Since when the store has been away, by the monotonic clock. */
  #awaySince: number | undefined

  constructor(options: RunStoreOptions) {
    this.#options = options
  }

  async of<T>(job: () => Promise<T>): Promise<T> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const result = await job()
        this.#awaySince = undefined
        return result
      } catch (error) {
        if (!isAway(error) || this.#isOver(waitMs)) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }

  /** A run that has lost its log can't show its end anyway: what it holds is saved later. */
  #isOver(waitMs: number): boolean {
    const { writer, patienceMs } = this.#options
    if (writer.signal.reason === 'lost' || writer.signal.reason === 'unavailable') return true
    this.#awaySince ??= performance.now()
    return performance.now() + waitMs - this.#awaySince > patienceMs
  }
}
