import type { ThreadStreamEvent } from '@millrace/protocol'
import { Agent } from '@openai/agents'
import { assistantMessage, modelResponse, ScriptedModel } from '@openai/agents/testing'
import { expect, test } from 'vitest'
import { AgentContext } from './agent-context.ts'
import { streamAgent } from './stream-agent.ts'
import { tapped } from './tap.ts'
import { outline } from './testing/chat.ts'
import { testTurn } from './testing/turn.ts'

/** What `use` sends through a context, before an answer that says "Done". */
async function sentBy(use: (context: AgentContext) => Promise<unknown>): Promise<ThreadStreamEvent[]> {
  const { turn } = await testTurn()
  const context = new AgentContext(turn)
  await use(context)
  const model = tapped(new ScriptedModel([modelResponse([assistantMessage('Done')])]))
  const events: ThreadStreamEvent[] = []
  for await (const event of streamAgent(context, new Agent<AgentContext>({ name: 'A', model }), 'Hi'))
    events.push(event)
  return events.slice(0, -5)
}

test('progress and client effects are sent as they are', async () => {
  const events = await sentBy(async (context) => {
    await context.progress('Searching', 'search')
    await context.progress('Reading')
    await context.clientEffect('open_panel', { id: 7 })
  })
  expect(events).toEqual([
    { type: 'progress_update', text: 'Searching', icon: 'search' },
    { type: 'progress_update', text: 'Reading' },
    { type: 'client_effect', name: 'open_panel', data: { id: 7 } },
  ])
})

test('a widget ends the open workflow, a hidden note does not', async () => {
  const events = await sentBy(async (context) => {
    await context.addWorkflowTask({ type: 'custom', title: 'Search' })
    const note = {
      id: 'hc_1',
      thread_id: 'thr_1',
      created_at: '2026-01-01T12:00:00Z',
      type: 'hidden_context_item',
    } as const
    await context.stream({ type: 'thread.item.done', item: { ...note, content: 'n' } })
    await context.streamWidget({ type: 'Card', children: [{ type: 'Text', value: 'W' }] })
  })
  expect(outline(events)).toEqual(['workflow added', 'hidden_context_item done', 'workflow done', 'widget done'])
})

test('a widget that grows is sent as what is new', async () => {
  async function* states() {
    for (const value of ['', 'Sun', 'Sunny']) {
      yield { type: 'Card' as const, children: [{ type: 'Text' as const, id: 't', value, streaming: true }] }
    }
  }
  const events = await sentBy((context) => context.streamWidget(states(), { copyText: 'Sunny' }))
  expect(outline(events)).toEqual([
    'widget added',
    'widget.streaming_text.value_delta',
    'widget.streaming_text.value_delta',
    'widget done',
  ])
  expect(events.at(-1)).toMatchObject({ item: { copy_text: 'Sunny' } })
})

test('a new workflow ends the one before it', async () => {
  const events = await sentBy(async (context) => {
    await context.startWorkflow({ type: 'reasoning', tasks: [] })
    await context.startWorkflow({ type: 'custom', tasks: [{ type: 'custom', title: 'A' }] })
  })
  expect(outline(events)).toEqual(['workflow added', 'workflow done', 'workflow added', 'workflow done'])
})

test('tasks get what they leave out, and are known by the index that adding them gave', async () => {
  const events = await sentBy(async (context) => {
    await context.addWorkflowTask({ type: 'custom', title: 'A' })
    const index = await context.addWorkflowTask({ type: 'web_search', title: 'B' })
    await context.updateWorkflowTask({ type: 'web_search', title: 'B', status_indicator: 'complete' }, index)
    expect(context.workflow?.workflow.tasks).toHaveLength(2)
    await context.endWorkflow({ summary: { title: 'Found it' }, expanded: true })
  })
  expect(events[1]).toMatchObject({
    update: { task_index: 1, task: { status_indicator: 'none', queries: [], sources: [] } },
  })
  expect(events[2]).toMatchObject({ update: { task_index: 1, task: { status_indicator: 'complete' } } })
  expect(events[3]).toMatchObject({ item: { workflow: { summary: { title: 'Found it' }, expanded: true } } })
})
