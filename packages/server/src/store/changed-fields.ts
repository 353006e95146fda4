/** How a partial save of a thread changes the stored one. */
import type { StoredThread } from './store.ts'

/** `stored` with only these fields taken from `thread`; one that `thread` lacks is removed. */
export function withChanged(
  stored: StoredThread,
  thread: StoredThread,
  changed: readonly (keyof StoredThread)[],
): StoredThread {
  const result: Partial<StoredThread> = { ...stored }
  for (const field of changed) {
    if (thread[field] === undefined) delete result[field]
    else Object.assign(result, { [field]: thread[field] })
  }
  return result as StoredThread
}
