import { ChatKitServer, MemoryRunLog, MemoryStore } from '@millrace/server'
import { Agent } from '@openai/agents'
import { expect, test } from 'vitest'
import type { AgentContext } from './agent-context.ts'
import { demoModel } from './models/demo/index.ts'
import { respondWith } from './respond-with.ts'

test('an agent becomes the handler of a server, and is told the thread so far', async () => {
  const agent = new Agent<AgentContext>({ name: 'Assistant', model: demoModel({ tokenDelayMs: 0 }) })
  const store = new MemoryStore()
  const server = new ChatKitServer({ store, log: new MemoryRunLog(), respond: respondWith(agent) })
  const say = async (request: object) => {
    const answer = await server.process(request, {})
    if (!('run' in answer)) throw new Error('expected a run')
    for await (const entries of answer.run.read(0, new AbortController().signal)) {
      const end = entries.find((entry) => 'end' in entry)
      if (end) expect(end).toMatchObject({ end: { outcome: 'completed' } })
    }
    return answer.run.info.threadId
  }
  const input = { content: [{ type: 'input_text', text: 'Hello' }], attachments: [], inference_options: {} }
  const thread_id = await say({ type: 'threads.create', params: { input } })
  await say({ type: 'threads.add_user_message', params: { thread_id, input } })
  const { data } = await store.listItems(thread_id, { limit: 10, order: 'asc' }, undefined, {})
  expect(data.map(({ type }) => type)).toEqual([
    'user_message',
    'assistant_message',
    'user_message',
    'assistant_message',
  ])
})

test('only the newest items are loaded', async () => {
  const asked: number[] = []
  const store = new MemoryStore()
  const listItems = store.listItems.bind(store)
  store.listItems = (threadId, page, types, context) => {
    asked.push(page.limit)
    return listItems(threadId, page, types, context)
  }
  const agent = new Agent<AgentContext>({ name: 'Assistant', model: demoModel({ tokenDelayMs: 0 }) })
  const server = new ChatKitServer({ store, log: new MemoryRunLog(), respond: respondWith(agent, { maxItems: 7 }) })
  const input = { content: [{ type: 'input_text', text: 'Hello' }], attachments: [], inference_options: {} }
  const answer = await server.process({ type: 'threads.create', params: { input } }, {})
  if (!('run' in answer)) throw new Error('expected a run')
  for await (const _ of answer.run.read(0, new AbortController().signal));
  expect(Math.max(...asked)).toBe(7)
})
