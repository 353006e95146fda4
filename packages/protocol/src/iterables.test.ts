import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Channel } from './channel.ts'
import { batch, HEARTBEAT, merge, withHeartbeat } from './iterables.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A source that is fed by hand and knows whether it was released. */
function source<T>(): {
  push(...values: T[]): void
  close(error?: unknown): void
  isReleased: boolean
} & AsyncIterable<T> {
  const channel = new Channel<T>()
  return {
    isReleased: false,
    push(...values) {
      for (const value of values) void channel.push(value)
    },
    close: (error) => channel.close(error),
    async *[Symbol.asyncIterator]() {
      try {
        yield* channel
      } finally {
        this.isReleased = true
      }
    },
  }
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const value of values) collected.push(value)
  return collected
}

describe('withHeartbeat', () => {
  test('beats in silence only, and passes every value on', async () => {
    const numbers = source<number>()
    const beating = collect(withHeartbeat(numbers, 100))
    await vi.advanceTimersByTimeAsync(250)
    numbers.push(1, 2)
    await vi.advanceTimersByTimeAsync(90)
    numbers.close()
    expect(await beating).toEqual([HEARTBEAT, HEARTBEAT, 1, 2])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('ends quietly on abort, though its source still waits', async () => {
    const numbers = source<number>()
    const abort = new AbortController()
    const beating = collect(withHeartbeat(numbers, 100, { signal: abort.signal }))
    await vi.advanceTimersByTimeAsync(150)
    abort.abort()
    expect(await beating).toEqual([HEARTBEAT])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('releases its source when the reader leaves', async () => {
    const numbers = source<number>()
    numbers.push(1, 2)
    for await (const value of withHeartbeat(numbers, 100)) {
      expect(value).toBe(1)
      break
    }
    expect(numbers.isReleased).toBe(true)
  })

  test('passes the error of its source on', async () => {
    const numbers = source<number>()
    numbers.close(new Error('broken'))
    await expect(collect(withHeartbeat(numbers, 100))).rejects.toThrow('broken')
  })
})

describe('batch', () => {
  test('fills batches, sends what there is after silence, and the rest at the end', async () => {
    const numbers = source<number>()
    const batched = collect(batch(numbers, { size: 3, flushMs: 100 }))
    numbers.push(1, 2, 3, 4)
    await vi.advanceTimersByTimeAsync(99)
    numbers.push(5)
    await vi.advanceTimersByTimeAsync(101)
    numbers.push(6)
    numbers.close()
    expect(await batched).toEqual([[1, 2, 3], [4, 5], [6]])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has nothing to send for an empty source', async () => {
    const numbers = source<number>()
    numbers.close()
    expect(await collect(batch(numbers, { size: 3, flushMs: 100 }))).toEqual([])
  })

  test('ends quietly on abort', async () => {
    const abort = new AbortController()
    const batched = collect(batch(source<number>(), { size: 3, flushMs: 100, signal: abort.signal }))
    abort.abort()
    expect(await batched).toEqual([])
  })
})

describe('merge', () => {
  test('gives values as they come and ends with the last source', async () => {
    const [left, right] = [source<string>(), source<string>()]
    const merged = collect(merge([left, right]))
    right.push('a')
    await vi.advanceTimersByTimeAsync(1)
    left.push('b')
    await vi.advanceTimersByTimeAsync(1)
    right.close()
    left.push('c')
    left.close()
    expect(await merged).toEqual(['a', 'b', 'c'])
  })

  test('one error ends it all and releases the others', async () => {
    const [left, right] = [source<string>(), source<string>()]
    left.push('a')
    const merged = collect(merge([left, right]))
    right.close(new Error('broken'))
    await expect(merged).rejects.toThrow('broken')
    left.close()
    await vi.waitFor(() => expect(left.isReleased).toBe(true))
  })

  test('ends quietly on abort, though its sources still wait', async () => {
    const abort = new AbortController()
    const merged = collect(merge([source<string>(), source<string>()], { signal: abort.signal }))
    await vi.advanceTimersByTimeAsync(1)
    abort.abort()
    expect(await merged).toEqual([])
  })

  test('asks no source for more than one value ahead', async () => {
    let asked = 0
    const counting = {
      async *[Symbol.asyncIterator]() {
        while (true) yield ++asked
      },
    }
    const merged = merge([counting])
    await merged.next()
    await vi.advanceTimersByTimeAsync(10)
    expect(asked).toBeLessThanOrEqual(2)
    await merged.return()
  })
})

describe('a channel', () => {
  test('makes its writer wait when it is full', async () => {
    const channel = new Channel<number>({ limit: 1 })
    await channel.push(1)
    let hasRoom = false
    const second = channel.push(2).then(() => (hasRoom = true))
    await vi.advanceTimersByTimeAsync(1)
    expect(hasRoom).toBe(false)
    await channel[Symbol.asyncIterator]().next()
    await second
    expect(hasRoom).toBe(true)
  })

  test('is read to its end, and then throws what it was closed with', async () => {
    const channel = new Channel<number | undefined>()
    void channel.push(1)
    void channel.push(undefined)
    channel.close(new Error('broken'))
    void channel.push(3)
    const read: (number | undefined)[] = []
    await expect(
      (async () => {
        for await (const value of channel) read.push(value)
      })(),
    ).rejects.toThrow('broken')
    expect(read).toEqual([1, undefined])
  })

  test('lets a waiting writer go when the reader leaves', async () => {
    const channel = new Channel<number>({ limit: 0 })
    const waiting = [channel.push(1), channel.push(2)]
    for await (const value of channel) {
      expect(value).toBe(1)
      break
    }
    await Promise.all(waiting)
    expect(channel.isClosed).toBe(true)
  })
})
