import { afterEach, describe, expect, test, vi } from 'vitest'
import { MemoryRunLog } from '../log/memory.ts'
import { MemoryStore } from '../store/memory.ts'
import type { TestUser } from '../testing/test-server.ts'
import { HealthProbe, type HealthProbeOptions } from './health-probe.ts'

const HEALTH = { userId: 'millrace-health' }

function probing(options?: HealthProbeOptions) {
  const store = new MemoryStore<TestUser>()
  const log = new MemoryRunLog()
  const failures: unknown[] = []
  const probe = new HealthProbe<TestUser>(
    { store, log, contextOf: (userId) => ({ userId }), observer: { failed: (error) => failures.push(error) } },
    options,
  )
  const threads = async () => (await store.listThreads({ limit: 99, order: 'asc' }, HEALTH)).data.map(({ id }) => id)
  return { store, log, probe, failures, threads, open: vi.spyOn(log, 'open') }
}

afterEach(() => {
  vi.useRealTimers()
})

test('many probes at the same time share one run', async () => {
  const { probe, open } = probing()
  const probed = await Promise.all(Array.from({ length: 100 }, () => probe.probe()))
  expect(new Set(probed.map(({ info }) => info.runId)).size).toBe(1)
  expect(open).toHaveBeenCalledTimes(1)
})

test('a flood of probes one after another costs one run a second', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { probe, open } = probing()
  for (let count = 0; count < 50; count += 1) await probe.probe()
  expect(open).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1100)
  await probe.probe()
  expect(open).toHaveBeenCalledTimes(2)
})

describe('a store that does not answer', () => {
  test('is found out in time, and whoever asks meanwhile adds no work', async () => {
    const { probe, store, open, failures, threads } = probing({ deadlineMs: 50 })
    let answer = () => {}
    const commit = store.commit.bind(store)
    store.commit = async (writes, context) => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return commit(writes, context)
    }
    await expect(probe.probe()).rejects.toMatchObject({ code: 'unavailable', status: 503 })
    await expect(probe.probe()).rejects.toMatchObject({ code: 'unavailable' })
    expect(open).toHaveBeenCalledTimes(1)
    expect(failures).toHaveLength(1)
    // What was written late is cleared up all the same.
    answer()
    await expect.poll(threads).toEqual([])
  })
})

test('a log that falls silent in mid-answer is found out in time, and nothing is left of the try', async () => {
  const { probe, log, threads } = probing({ deadlineMs: 50 })
  const read = vi.spyOn(log, 'read').mockImplementation((_run, _after, signal) => ({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ value: undefined, done: true }))
        }),
    }),
  }))
  await expect(probe.probe()).rejects.toMatchObject({ code: 'unavailable' })
  expect(read).toHaveBeenCalled()
  await expect.poll(threads).toEqual([])
})

test('what a process left that died while it probed is cleared up, and nothing else', async () => {
  const { probe, store, threads } = probing()
  const long = { created_at: '2026-01-01T12:00:00.000Z', status: { type: 'active' as const }, metadata: {} }
  await store.saveThread({ id: 'thr_health_old', ...long }, undefined, HEALTH)
  await store.saveThread({ id: 'thr_of_a_user', ...long }, undefined, HEALTH)
  const now = new Date().toISOString()
  await store.saveThread({ ...long, id: 'thr_health_new', created_at: now }, undefined, HEALTH)
  await probe.probe()
  expect(await threads()).toEqual(['thr_of_a_user', 'thr_health_new'])
})
