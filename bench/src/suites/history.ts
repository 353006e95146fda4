/** The cost of a thread's history: requests in a thread of 10,000 items against one of 10, in one process. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ThreadItem } from '@millrace/protocol'
import { ChatKitServer, type Store } from '@millrace/server'
import { openSqlite } from '@millrace/server/sqlite'
import { median } from '../measure.ts'
import { machine, table, verdict } from '../table.ts'

const FEW = 10
const MANY = 10_000
const REQUESTS = 400
const ROUNDS = 9

export async function historyReport(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  const { store, log, close } = await openSqlite(join(folder, 'history.db'))
  const server = new ChatKitServer({
    store,
    log,
    async *respond() {
      yield { type: 'progress_update', text: 'done' }
    },
  })
  try {
    // A short thread must stay short while messages are added to it, so there is one for each request of a round.
    for (let index = 0; index < REQUESTS; index += 1) await fill(store, `thr_few_${index}`, FEW)
    await fill(store, 'thr_many', MANY)
    const lines: string[][] = []
    for (const [name, request] of Object.entries(REQUEST_KINDS)) {
      const inFew = () => measure(server, (index) => request(`thr_few_${index}`))
      const inMany = () => measure(server, () => request('thr_many'))
      await inFew()
      await inMany()
      const ratios: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) {
        const few = await inFew()
        ratios.push((await inMany()) / few)
      }
      const ratio = median(ratios)
      lines.push([`\`${name}\``, ratio.toFixed(2), verdict(ratio, 1.3)])
    }
    return [
      `**History: ${MANY} items against ${FEW}, SQLite** (${machine()})`,
      '',
      table(['request', 'ratio of CPU time', 'limit'], lines),
    ].join('\n')
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

const REQUEST_KINDS = {
  'threads.get_by_id': (thread_id: string) => ({ type: 'threads.get_by_id', params: { thread_id } }),
  'threads.add_user_message': (thread_id: string) => ({
    type: 'threads.add_user_message',
    params: {
      thread_id,
      input: { content: [{ type: 'input_text', text: 'Hi' }], attachments: [], inference_options: {} },
    },
  }),
}

/** CPU microseconds of a request, its run read to the end. */
async function measure(server: ChatKitServer, request: (index: number) => object): Promise<number> {
  const before = process.cpuUsage()
  for (let count = 0; count < REQUESTS; count += 1) {
    const answer = await server.process(request(count), {})
    if (!('run' in answer)) continue
    for await (const _ of answer.run.read(0, new AbortController().signal));
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / REQUESTS
}

async function fill(store: Store, threadId: string, items: number): Promise<void> {
  const created_at = new Date().toISOString()
  await store.saveThread({ id: threadId, created_at, status: { type: 'active' }, metadata: {} }, undefined, {})
  for (let at = 0; at < items; at += 500) {
    const count = Math.min(500, items - at)
    const writes = Array.from({ length: count }, (_, index) => ({
      op: 'saveItem' as const,
      threadId,
      item: itemAt(threadId, at + index, created_at),
    }))
    await store.commit(writes, {})
  }
}

/** A conversation: questions and answers in turn. */
function itemAt(threadId: string, index: number, created_at: string): ThreadItem {
  const item = { id: `${threadId}_${index}`, thread_id: threadId, created_at }
  if (index % 2 === 0) {
    const content = [{ type: 'input_text' as const, text: 'A question of ordinary length, as people ask them.' }]
    return { ...item, type: 'user_message', content, attachments: [], inference_options: {} }
  }
  const text = 'An answer of ordinary length. '.repeat(20)
  return { ...item, type: 'assistant_message', content: [{ type: 'output_text', text, annotations: [] }] }
}
