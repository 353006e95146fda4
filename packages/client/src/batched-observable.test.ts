import { afterEach, expect, test, vi } from 'vitest'
import { BatchedObservable } from './batched-observable.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('a snapshot keeps its identity until something changes', () => {
  const state = new BatchedObservable({ a: 1, b: 'x' })
  const before = state.get()
  state.set({ a: 1 })
  expect(state.get()).toBe(before)
  state.set({ a: 2 })
  expect(state.get()).toEqual({ a: 2, b: 'x' })
  expect(before).toEqual({ a: 1, b: 'x' })
})

test('several changes in a row are one notification, in a microtask', async () => {
  const state = new BatchedObservable({ a: 1 })
  const listener = vi.fn()
  const leave = state.subscribe(listener)
  state.set({ a: 2 })
  state.set({ a: 3 })
  expect(listener).not.toHaveBeenCalled()
  await Promise.resolve()
  expect(listener).toHaveBeenCalledTimes(1)
  leave()
  state.set({ a: 4 })
  await Promise.resolve()
  expect(listener).toHaveBeenCalledTimes(1)
})

test('what belongs to a batch is told when the batch is through, or with the next that can not wait', async () => {
  vi.useFakeTimers()
  const state = new BatchedObservable({ a: 1 })
  const listener = vi.fn()
  state.subscribe(listener)
  state.set({ a: 2 }, 'after the batch')
  await Promise.resolve()
  expect(listener).not.toHaveBeenCalled()
  vi.runAllTimers()
  expect(listener).toHaveBeenCalledTimes(1)
  state.set({ a: 3 }, 'after the batch')
  state.set({ a: 4 })
  await Promise.resolve()
  vi.runAllTimers()
  expect(listener).toHaveBeenCalledTimes(2)
})

test('what is costly is brought up to date once, when somebody looks', () => {
  const refresh = vi.fn(() => ({ items: [1] }))
  const state = new BatchedObservable<{ items: number[] }>({ items: [] }, refresh)
  for (let at = 0; at < 100; at++) state.invalidate('soon')
  expect(refresh).not.toHaveBeenCalled()
  expect(state.peek()).toEqual({ items: [] })
  expect(state.get()).toEqual({ items: [1] })
  expect(state.get()).toBe(state.get())
  expect(refresh).toHaveBeenCalledTimes(1)
})
