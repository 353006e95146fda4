/** The message that is under way, kept for the page's next life. */
import { isObject, parseJson } from '../http-errors.ts'

/** All it takes to join the run, or to send a message that never arrived. */
export interface Remembered {
  messageId: string
  /** None where the run was only followed. */
  message?: string
  threadId?: string
  metadata?: Record<string, string>
}

export interface Memory {
  load(): Remembered | undefined
  /** A run that is followed by its name alone is no less than it was. */
  save(run: Remembered): void
  /** Forgets this message, and no other. */
  clear(messageId: string): void
}

/** Without a key, and where there is no `sessionStorage`, nothing is kept. */
export function sessionMemory(key: string | undefined): Memory {
  /** Storage may be forbidden, or full: then a reload does not go on, and nothing else is worse. */
  function attempt<T>(use: (storage: Storage, key: string) => T): T | undefined {
    try {
      const storage = key === undefined ? undefined : globalThis.sessionStorage
      return storage && key !== undefined ? use(storage, key) : undefined
    } catch {
      return undefined
    }
  }
  const load = () =>
    attempt((storage, key) => {
      const entry = parseJson(storage.getItem(key) ?? '')
      return isRemembered(entry) ? entry : undefined
    })
  return {
    load,
    save: (run) =>
      attempt((storage, key) =>
        storage.setItem(key, JSON.stringify(run.message === undefined ? { ...ofMessage(run.messageId), ...run } : run)),
      ),
    clear: (messageId) => ofMessage(messageId) && attempt((storage, key) => storage.removeItem(key)),
  }

  function ofMessage(messageId: string): Remembered | undefined {
    const entry = load()
    return entry?.messageId === messageId ? entry : undefined
  }
}

/** Another script may use the same name; what has our shape was written by `save`. */
function isRemembered(entry: unknown): entry is Remembered {
  return isObject(entry) && typeof entry.messageId === 'string'
}
