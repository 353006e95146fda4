import type { UserMessageItem } from '@millrace/protocol'
import { Agent } from '@openai/agents'
import { assistantMessage, modelResponder, modelResponse, ScriptedModel } from '@openai/agents/testing'
import { expect, test } from 'vitest'
import { AgentContext } from './agent-context.ts'
import { streamAgent } from './stream-agent.ts'
import { tapped } from './tap.ts'
import { chatWith, outline } from './testing/chat.ts'
import { testTurn } from './testing/turn.ts'
import { titleFor, titleInBackground } from './title.ts'

const says = (text: string) => new ScriptedModel([modelResponse([assistantMessage(text)])])

test.each([
  ['Trip to Rome', 'Trip to Rome'],
  ['"Trip to Rome."', 'Trip to Rome'],
  ['**Trip to Rome**\n\nIs there more?', 'Trip to Rome'],
  ['„Reise nach Rom“', 'Reise nach Rom'],
  ['x'.repeat(200), 'x'.repeat(80)],
  ['', undefined],
])('the agent’s %j becomes a title in one line', async (output, title) => {
  expect(await titleFor('Plan a trip to Rome', { model: says(output) })).toBe(title)
})

test('the title comes with the answer and the thread says so', async () => {
  const agent = new Agent<AgentContext>({ name: 'A', model: tapped(says('Hello!')) })
  const model = says('Greetings')
  const chat = chatWith({ agent, prepare: (context, turn) => titleInBackground(context, turn.input, { model }) })
  const { events, end } = await chat.say('Hi')
  expect(end).toEqual({ outcome: 'completed' })
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'thread.updated', thread: expect.objectContaining({ title: 'Greetings' }) }),
  )
})

test('a slow title never holds up the text, and is saved when it comes after the end', async () => {
  const { turn, store } = await testTurn()
  const slow = gate()
  const model = new ScriptedModel([
    modelResponder(async () => {
      await slow.opened
      return [assistantMessage('Late')]
    }),
  ])
  const context = new AgentContext(turn)
  titleInBackground(context, message('Hi'), { model, maxWaitMs: 20 })
  const events = []
  const agent = new Agent<AgentContext>({ name: 'A', model: tapped(says('Hello!')) })
  for await (const event of streamAgent(context, agent, 'Hi')) events.push(event)
  expect(outline(events).at(-1)).toBe('assistant_message done')
  expect(turn.thread.title).toBeUndefined()
  slow.open()
  await expect.poll(async () => (await store.loadThread('thr_1', turn.context)).title).toBe('Late')
})

test('a title that the user gave meanwhile stays', async () => {
  const { turn, store, stop } = await testTurn()
  const slow = gate()
  const model = new ScriptedModel([
    modelResponder(async () => {
      await slow.opened
      return [assistantMessage('Late')]
    }),
  ])
  titleInBackground(new AgentContext(turn), message('Hi'), { model })
  stop()
  await store.saveThread({ ...turn.thread, title: 'Mine' }, ['title'], turn.context)
  slow.open()
  await expect.poll(() => model.remainingSteps).toBe(0)
  expect((await store.loadThread('thr_1', turn.context)).title).toBe('Mine')
})

test('a thread with a title, and a turn without a message, ask for none', async () => {
  const { turn } = await testTurn()
  const model = new ScriptedModel([])
  titleInBackground(new AgentContext(turn), undefined, { model })
  turn.thread.title = 'There'
  titleInBackground(new AgentContext(turn), message('Hi'), { model })
  expect(model.calls).toHaveLength(0)
})

test('a title agent that fails leaves the thread as it is and tells why', async () => {
  const { turn } = await testTurn()
  const errors: unknown[] = []
  titleInBackground(new AgentContext(turn), message('Hi'), {
    model: new ScriptedModel([]),
    onError: (error) => errors.push(error),
  })
  await expect.poll(() => errors.length).toBe(1)
  expect(turn.thread.title).toBeUndefined()
})

function message(text: string): UserMessageItem {
  return {
    id: 'msg_1',
    thread_id: 'thr_1',
    created_at: '2026-01-01T12:00:00Z',
    type: 'user_message',
    content: [{ type: 'input_text', text }],
    attachments: [],
    inference_options: {},
  }
}

function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
