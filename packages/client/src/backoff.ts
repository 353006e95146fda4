/** How long to wait between tries, and waiting itself. */

/** The wait before try `attempt` (1, 2, 3 …): `baseMs` doubled each time, ±20 % so that many clients don't come at once. */
export function backoffMs(attempt: number, baseMs: number, random: () => number = Math.random): number {
  return baseMs * 2 ** (attempt - 1) * (0.8 + 0.4 * random())
}

/** Resolves after `ms`; rejects with the signal's reason when it is aborted, and leaves neither timer nor listener. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return until((done) => {
    const timer = setTimeout(done, ms)
    return () => clearTimeout(timer)
  }, signal)
}

/** Whether the machine has a network, and when it has one again. */
export interface NetworkState {
  isOnline(): boolean
  /** Calls `listener` when the network comes or goes; returns the way to stop it. */
  watch(listener: () => void): () => void
}

/** The browser's word for it; elsewhere always online. */
export const browserNetwork: NetworkState = {
  isOnline: () => globalThis.navigator?.onLine !== false,
  watch(listener) {
    if (typeof globalThis.addEventListener !== 'function') return () => {}
    globalThis.addEventListener('online', listener)
    globalThis.addEventListener('offline', listener)
    return () => {
      globalThis.removeEventListener('online', listener)
      globalThis.removeEventListener('offline', listener)
    }
  },
}

/** Resolves when there is a network; at once where there is one. */
export function whenOnline(network: NetworkState, signal?: AbortSignal): Promise<void> {
  if (network.isOnline()) return Promise.resolve()
  return until((done) => network.watch(() => network.isOnline() && done()), signal)
}

/** Resolves when `start` calls `done`; `start` returns what undoes it, which is done on every path. */
function until(start: (done: () => void) => () => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      undo()
      reject(signal?.reason)
    }
    const undo = start(() => {
      undo()
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
