/** Waiting for a connection's next batch, and letting go of it. */
import { aborted } from './stream-error.ts'

/**
 * Waits for one promise after the other, or throws the signal's reason at once: a fetch of the page's own may not care for
 * signals. One listener for all of them, as this is done per batch.
 */
export function abortableWait(signal: AbortSignal): <T>(promise: Promise<T>) => Promise<T> {
  let rejectWaiting: (reason: unknown) => void = () => {}
  signal.addEventListener('abort', () => rejectWaiting(signal.reason))
  return (promise) =>
    new Promise((resolve, reject) => {
      rejectWaiting = reject
      if (signal.aborted) reject(signal.reason)
      promise.then(resolve, reject)
    })
}

/** How long a body may take to end that has told the end of its run. */
const ENDING_MS = 2000

/** Closes a connection. One that has told the run's end is given a moment to end by itself, so that it can be used again. */
export function release(source: AsyncIterator<unknown>, attempt: AbortController, isEnd: boolean): void {
  const close = () => {
    clearTimeout(timer)
    attempt.abort(aborted())
    source.return?.().catch(() => {})
  }
  const timer = isEnd ? setTimeout(close, ENDING_MS) : undefined
  if (isEnd) source.next().then(close, close)
  else close()
}
