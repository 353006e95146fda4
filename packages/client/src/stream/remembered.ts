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
  save(run: Remembered): void
  clear(): void
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
  return {
    load: () =>
      attempt((storage, key) => {
        const entry = parseJson(storage.getItem(key) ?? '')
        return isRemembered(entry) ? entry : undefined
      }),
    save: (run) => attempt((storage, key) => storage.setItem(key, JSON.stringify(run))),
    clear: () => attempt((storage, key) => storage.removeItem(key)),
  }
}

/** Another script may use the same name; what has our shape was written by `save`. */
function isRemembered(entry: unknown): entry is Remembered {
  return isObject(entry) && typeof entry.messageId === 'string'
}
