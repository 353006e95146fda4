import { ChatKitError } from '@millrace/protocol'
import { expect, test, vi } from 'vitest'
import { takenOver } from './log/refusals.ts'
import { runStore } from './run-store.ts'
import { MemoryStore } from './store/memory.ts'
import { ALICE, message, requests, type TestUser, testServer } from './testing/test-server.ts'

const AWAY = new ChatKitError('unavailable', 'The database is away.')

/** A run's view of a store, whose writer may lose its run. */
function heldBy(patienceMs = 0) {
  const loss = new AbortController()
  const store = new MemoryStore<TestUser>()
  let proof: Promise<void> = Promise.resolve()
  const writer = { hold: () => proof, signal: loss.signal }
  const lose = (reason: 'lost' | 'unavailable') => {
    loss.abort(reason)
    proof = Promise.reject(new ChatKitError('unavailable', 'No proof.'))
    proof.catch(() => {})
  }
  return { store, view: runStore(store, { writer, patienceMs }), lose }
}

const THREAD = {
  id: 't',
  created_at: '2026-01-01T12:00:00.000Z',
  status: { type: 'active' as const },
  metadata: {},
}

test('a run that another writer has taken over writes nothing any more, and may still read', async () => {
  const { store, view, lose } = heldBy()
  await view.saveThread(THREAD, undefined, ALICE)
  lose('lost')
  const late = { ...THREAD, title: 'late' }
  await expect(view.saveThread(late, undefined, ALICE)).rejects.toMatchObject({ code: 'interrupted' })
  await expect(view.commit([{ op: 'saveThread', thread: late }], ALICE)).rejects.toMatchObject({ code: 'interrupted' })
  await expect(view.deleteThread('t', ALICE)).rejects.toMatchObject({ code: 'interrupted' })
  expect(await view.loadThread('t', ALICE)).toEqual(THREAD)
  expect(await store.loadThread('t', ALICE)).toEqual(THREAD)
})

test('a run that can not prove to be its own writes nothing meanwhile', async () => {
  const { view, lose } = heldBy(60_000)
  lose('unavailable')
  await expect(view.saveThread(THREAD, undefined, ALICE)).rejects.toMatchObject({ code: 'unavailable' })
})

test('a run that was taken over while its log was away is told so, and does not wait for ever', async () => {
  const away = new AbortController()
  away.abort('unavailable')
  const writer = { hold: () => Promise.reject(takenOver()), signal: away.signal }
  const view = runStore(new MemoryStore<TestUser>(), { writer, patienceMs: 60_000 })
  await expect(view.saveThread(THREAD, undefined, ALICE)).rejects.toMatchObject({ code: 'interrupted' })
})

test('a store that restarts in the middle of an answer is only a pause', async () => {
  const store = new MemoryStore<TestUser>()
  const saveItem = store.saveItem.bind(store)
  let failures = 3
  vi.spyOn(store, 'saveItem').mockImplementation(async (...args) => {
    if (failures-- > 0) throw AWAY
    return saveItem(...args)
  })
  const it = testServer({ store })
  it.respond((turn) => message(turn, ['one ', 'two']))
  const { end, runId } = await it.read(requests.create())
  expect(end).toEqual({ outcome: 'completed' })
  const { threadId } = (await it.server.runOf(runId, ALICE)).info
  expect((await it.items(threadId)).at(-1)).toMatchObject({ content: [{ text: 'one two' }] })
})
