import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { backoffMs, delay } from './backoff.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('the wait doubles from try to try, give or take a fifth', () => {
  expect([1, 2, 3].map((attempt) => backoffMs(attempt, 1000, () => 0.5))).toEqual([1000, 2000, 4000])
  expect(backoffMs(1, 1000, () => 0)).toBe(800)
  expect(backoffMs(1, 1000, () => 1)).toBeCloseTo(1200)
})

test('a delay ends in time and leaves no listener', async () => {
  const { signal } = new AbortController()
  const remove = vi.spyOn(signal, 'removeEventListener')
  const waiting = delay(1000, signal)
  vi.advanceTimersByTime(1000)
  await waiting
  expect(remove).toHaveBeenCalledWith('abort', expect.any(Function))
})

test('an abort ends it with its reason and leaves no timer', async () => {
  const controller = new AbortController()
  const waiting = delay(1000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(vi.getTimerCount()).toBe(0)
  await expect(delay(1000, controller.signal)).rejects.toThrow('enough')
})
