/**
 * Operators on streams of values. Each holds no more than it says, and releases its source when it ends, however it ends.
 * Whoever leaves while an operator waits aborts its signal first: then it ends quietly, without waiting for its source,
 * which should take the same signal.
 */

export interface Abortable {
  signal?: AbortSignal
}

/** Stands between the values of {@link withHeartbeat}. */
export const HEARTBEAT: unique symbol = Symbol('heartbeat')

/** The values of `source`, and HEARTBEAT whenever it has been silent for `everyMs`. */
export async function* withHeartbeat<T>(
  source: AsyncIterable<T>,
  everyMs: number,
  { signal }: Abortable = {},
): AsyncGenerator<T | typeof HEARTBEAT, void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<T>> | undefined
  try {
    while (true) {
      next ??= iterator.next()
      const arrival = await within(next, everyMs, signal)
      if (arrival === ABORTED) return
      if (arrival === SILENT) {
        yield HEARTBEAT
        continue
      }
      next = undefined
      if (arrival.done) return
      yield arrival.value
    }
  } finally {
    await release(iterator, next)
  }
}

export interface BatchOptions extends Abortable {
  /** Values in a batch at most. */
  size: number
  /** Silence after which an unfilled batch goes out, in milliseconds. */
  flushMs: number
}

/** The values of `source` in lists of `size`; fewer when it falls silent for `flushMs`, and at its end. */
export async function* batch<T>(
  source: AsyncIterable<T>,
  { size, flushMs, signal }: BatchOptions,
): AsyncGenerator<T[], void, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<T>> | undefined
  let held: T[] = []
  try {
    while (true) {
      next ??= iterator.next()
      const arrival = await within(next, held.length > 0 ? flushMs : undefined, signal)
      if (arrival === ABORTED) return
      if (arrival !== SILENT) next = undefined
      const isEnd = arrival !== SILENT && arrival.done === true
      if (arrival !== SILENT && !arrival.done) held.push(arrival.value)
      if (held.length >= size || (held.length > 0 && (arrival === SILENT || isEnd))) {
        yield held
        held = []
      }
      if (isEnd) return
    }
  } finally {
    await release(iterator, next)
  }
}

/** The values of all sources as they come; of each it holds one. The first error of a source ends it all. */
export async function* merge<T>(
  sources: readonly AsyncIterable<T>[],
  { signal }: Abortable = {},
): AsyncGenerator<T, void, undefined> {
  const waiting = new Map<AsyncIterator<T>, Promise<IteratorResult<T>> | undefined>()
  const arrived: { iterator: AsyncIterator<T>; result: Promise<IteratorResult<T>> }[] = []
  let wake = () => {}
  const pull = (iterator: AsyncIterator<T>) => {
    const result = iterator.next()
    const arrive = () => {
      waiting.set(iterator, undefined)
      arrived.push({ iterator, result })
      wake()
    }
    waiting.set(iterator, result)
    result.then(arrive, arrive)
  }
  const onAbort = () => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    for (const source of sources) pull(source[Symbol.asyncIterator]())
    while (waiting.size > 0 && !signal?.aborted) {
      const arrival = arrived.shift()
      if (!arrival) {
        await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      const result = await arrival.result
      if (result.done) {
        waiting.delete(arrival.iterator)
        continue
      }
      yield result.value
      pull(arrival.iterator)
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await Promise.all([...waiting].map(([iterator, next]) => release(iterator, next)))
  }
}

const SILENT = Symbol('silent')
const ABORTED = Symbol('aborted')

/** What the promise gives, unless `ms` pass or the signal is aborted before. */
function within<T>(
  promise: Promise<T>,
  ms: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T | typeof SILENT | typeof ABORTED> {
  if (signal?.aborted) return Promise.resolve(ABORTED)
  if (ms === undefined && !signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => finish(() => resolve(ABORTED))
    const timer = ms === undefined ? undefined : setTimeout(() => finish(() => resolve(SILENT)), ms)
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    signal?.addEventListener('abort', onAbort)
    promise.then(
      (value) => finish(() => resolve(value)),
      (error) => finish(() => reject(error)),
    )
  })
}

/**
 * Lets go of a source. One that is being waited for would answer only when its wait is over, so nobody waits for that; what
 * it says then, an error too, comes too late to matter.
 */
async function release<T>(iterator: AsyncIterator<T>, next: Promise<unknown> | undefined): Promise<void> {
  const released = iterator.return?.()
  if (!next) {
    await released
    return
  }
  next.catch(() => {})
  released?.catch(() => {})
}
