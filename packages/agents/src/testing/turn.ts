/** A turn on a store in memory, for tests that need no server. */
import { newId } from '@millrace/protocol'
import { MemoryStore, type Turn } from '@millrace/server'

export async function testTurn({
  now = () => new Date(),
} = {}): Promise<{ turn: Turn; stop(): void; store: MemoryStore }> {
  const store = new MemoryStore()
  const context = { userId: 'alice' }
  const thread = { id: 'thr_1', created_at: now().toISOString(), status: { type: 'active' as const }, metadata: {} }
  await store.saveThread({ ...thread }, undefined, context)
  const abort = new AbortController()
  const turn: Turn = {
    thread,
    context,
    signal: abort.signal,
    store,
    runId: 'run_1',
    metadata: {},
    generateId: newId,
    now,
  }
  return { turn, stop: () => abort.abort('stopped'), store }
}
