import type { AgentContext } from '@millrace/agents'
import { requests, type TestUser, testServer } from '@millrace/server/testing'
import { Agent } from '@openai/agents'
import { assistantMessage, modelResponder, ScriptedModel } from '@openai/agents/testing'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import type { ModelKind } from './model/index.ts'
import { chatResponder } from './respond.ts'

const INSTRUCTIONS = 'You help in this test.'

/** A chat with a model that gives every call the same answer, and titles to whoever asks for one. */
function chatWith(kind: ModelKind, answer = 'An answer.') {
  const says = (text: string) => [assistantMessage(text, { id: 'FAKE_ID' })]
  const script = modelResponder(({ request }) => says(request.systemInstructions === INSTRUCTIONS ? answer : 'A title'))
  const model = new ScriptedModel(Array.from({ length: 5 }, () => script))
  const agent = new Agent<AgentContext<unknown>>({ name: 'Test', instructions: INSTRUCTIONS, model })
  const resolved = {
    model,
    modelSettings: {},
    name: 'scripted',
    kind,
    describe: () => 'scripted',
    close: async () => {},
  }
  const log = createLog('silent', { write: () => true })
  const respond = chatResponder<TestUser>({ agent, model: resolved, files: { read: unused }, log })
  const { read, json } = testServer({ respond })
  const start = async (text: string) => {
    const { events } = await read(requests.create(text))
    const created = events.find((event) => event.type === 'thread.created')
    return created?.thread.id ?? ''
  }
  return { model, read, start, thread: (id: string) => json({ type: 'threads.get_by_id', params: { thread_id: id } }) }
}

const unused = () => Promise.reject(new Error('This test has no files.'))

test('the model is told the whole conversation, in its order', async () => {
  const { model, read, start } = chatWith('gguf', 'Seven.')
  const id = await start('How many?')
  await read(requests.message(id, 'Are you sure?'))
  const told = JSON.stringify(model.lastCall?.request.input)
  expect(told).toMatch(/How many\?.*Seven\..*Are you sure\?/)
})

test('a model service also names the thread', async () => {
  const { start, thread } = chatWith('openai')
  const id = await start('How do mill races work?')
  await expect.poll(() => thread(id)).toMatchObject({ title: 'A title' })
})

test('a model in this process is not asked for a title: it would hold up the answer', async () => {
  const { model, start, thread } = chatWith('gguf')
  const id = await start('  How do mill races work,\nand who needs them in our time of electric motors? ')
  expect(model.calls).toHaveLength(1)
  expect(await thread(id)).toMatchObject({ title: 'How do mill races work, and who needs them in …' })
})
