/** A store and a run log whose troubles are told: every method does what it did, and a failure is reported on its way. */
import { ChatKitError } from '@millrace/protocol'
import type { RunLog, RunWriter } from '../log/run-log.ts'
import type { Store } from '../store/store.ts'

/** Told of an operation that failed because the store or the log is away; not of ids that are unknown. */
export type Trouble = (operation: string) => void

export function watchedStore<Context>(store: Store<Context>, trouble: Trouble): Store<Context> {
  return watched(store, {}, trouble)
}

export function watchedLog(log: RunLog, trouble: Trouble): RunLog {
  /** A writer stays as it is, since it is called per token: its signal tells when the log is lost to it. */
  const watchWriter = ({ signal }: RunWriter) => {
    const look = () => signal.reason === 'unavailable' && trouble('append')
    if (signal.aborted) look()
    else signal.addEventListener('abort', look, { once: true })
  }
  return watched(
    log,
    {
      async open(run) {
        const opening = await log.open(run)
        if ('writer' in opening) watchWriter(opening.writer)
        return opening
      },
      async adopt() {
        const orphans = await log.adopt()
        for (const { writer } of orphans) watchWriter(writer)
        return orphans
      },
      read: (runId, after, signal) =>
        watchedReading(log.read(runId, after, signal), (error) => tell(error, 'read', trouble)),
    },
    trouble,
  )
}

/** `target` with some methods replaced; whatever gives a promise is watched, and anything else stays what it is. */
function watched<Target extends object>(target: Target, replaced: Partial<Target>, trouble: Trouble): Target {
  const methods = new Map<PropertyKey, { of: unknown; method: unknown }>()
  return new Proxy(target, {
    get(_, name) {
      // Called on the target itself: a proxy has no private fields.
      const value: unknown = Reflect.get(Object.hasOwn(replaced, name) ? replaced : target, name)
      if (typeof value !== 'function') return value
      const known = methods.get(name)
      if (known?.of === value) return known.method
      const method = (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args)
        if (result instanceof Promise) result.catch((error: unknown) => tell(error, String(name), trouble))
        return result
      }
      methods.set(name, { of: value, method })
      return method
    },
  })
}

function tell(error: unknown, operation: string, trouble: Trouble): void {
  // Every other code is an answer, and not a failure, of the store or the log.
  if (!(error instanceof ChatKitError) || error.code === 'unavailable') trouble(operation)
}

/** Hands the source's own promises on, so that a batch costs nothing more. */
function watchedReading<T>(source: AsyncIterable<T>, failed: (error: unknown) => void): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]()
      return {
        next() {
          const next = iterator.next()
          next.catch(failed)
          return next
        },
        return: (value?: unknown) => iterator.return?.(value) ?? Promise.resolve({ done: true, value: undefined }),
      }
    },
  }
}
