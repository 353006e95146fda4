import { AgentContext, streamAgent, toAgentInput } from '@millrace/agents'
import { DEMO_PROMPTS, demoModel, INTRODUCTION } from '@millrace/agents/demo'
import type { ThreadItem, ThreadStreamEvent, WidgetItem } from '@millrace/protocol'
import { ChatKitServer, MemoryRunLog, MemoryStore } from '@millrace/server'
import { beforeEach, describe, expect, test } from 'vitest'
import { demoAction, demoAgent } from './demo-agent.ts'
import { pollCard, pollOf } from './poll.ts'

const user = { userId: 'ann' }

let server: ChatKitServer<unknown>
beforeEach(() => {
  const agent = demoAgent({ model: demoModel({ tokenDelayMs: 0 }), stepMs: 0 })
  server = new ChatKitServer<unknown>({
    store: new MemoryStore(),
    log: new MemoryRunLog(),
    async *respond(turn) {
      const { data } = await turn.store.listItems(turn.thread.id, { limit: 50, order: 'asc' }, undefined, turn.context)
      const context = new AgentContext(turn)
      yield* streamAgent(context, agent, await toAgentInput(data))
    },
    action: demoAction,
  })
})

/** The frames of a streaming request, as a client gets them. */
async function send(request: object): Promise<ThreadStreamEvent[]> {
  const answer = await server.process(request, user)
  if (!('run' in answer)) throw new Error('The answer is no stream.')
  const events: ThreadStreamEvent[] = []
  for await (const batch of answer.run.read(answer.after, new AbortController().signal)) {
    for (const entry of batch) if ('data' in entry) events.push(JSON.parse(entry.data))
  }
  return events
}

const input = (text: string) => ({ content: [{ type: 'input_text', text }], attachments: [], inference_options: {} })

const ask = (text: string) => send({ type: 'threads.create', params: { input: input(text) } })

const done = (events: ThreadStreamEvent[]): ThreadItem[] =>
  events.flatMap((event) => (event.type === 'thread.item.done' ? [event.item] : []))

const said = (events: ThreadStreamEvent[]): string =>
  done(events)
    .flatMap((item) => (item.type === 'assistant_message' ? item.content.map(({ text }) => text) : []))
    .join('\n')

const threadOf = (events: ThreadStreamEvent[]): string =>
  events.flatMap((event) => (event.type === 'thread.created' ? [event.thread.id] : []))[0] ?? ''

describe('the demo agent shows', () => {
  test('a server tool: two dice, really thrown', async () => {
    expect(said(await ask('Roll two dice with a tool'))).toMatch(/The tool answered: \*\*[1-6] and [1-6]\*\*/)
  })

  test('thoughts, and a workflow whose tasks are worked off', async () => {
    const events = await ask('Plan a trip with a workflow')
    const workflows = done(events).flatMap((item) => (item.type === 'workflow' ? [item.workflow] : []))
    expect(workflows.map(({ type }) => type)).toEqual(['reasoning', 'custom'])
    expect(workflows[0]?.tasks).toHaveLength(2)
    expect(workflows[1]?.tasks.map(({ status_indicator }) => status_indicator)).toEqual([
      'complete',
      'complete',
      'complete',
    ])
    expect(workflows[1]?.summary).toMatchObject({ title: 'Planned 3 days in Lisbon' })
    expect(said(events)).toContain('The plan is ready.')
  })

  test('progress updates', async () => {
    const events = await ask('Search with progress updates')
    const progress = events.flatMap((event) => (event.type === 'progress_update' ? [event.text] : []))
    expect(progress).toEqual(['Searching the archive …', 'Reading 12 documents …', 'Comparing what they say …'])
  })

  test('a client effect', async () => {
    const events = await ask('Send a client effect')
    expect(events).toContainEqual({
      type: 'client_effect',
      name: 'celebrate',
      data: { message: 'A client effect from the demo model' },
    })
  })

  test('a client tool: the run ends with the call, and goes on with what the page said', async () => {
    const events = await ask('Read this page with a client tool')
    const call = done(events).at(-1)
    expect(call).toMatchObject({ type: 'client_tool_call', name: 'read_page', status: 'pending' })
    const params = { thread_id: threadOf(events), result: { title: 'My page' } }
    const answer = await send({ type: 'threads.add_client_tool_output', params })
    expect(said(answer)).toContain('"title":"My page"')
  })

  test('another title', async () => {
    const events = await ask('Rename this thread to "Mills"')
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'thread.updated', thread: expect.objectContaining({ title: 'Mills' }) }),
    )
  })

  test('an error, after which the thread is usable', async () => {
    const events = await ask('Fail with an error')
    expect(events.at(-1)).toMatchObject({ type: 'error', allow_retry: true })
    const params = { thread_id: threadOf(events), input: input('Count to 3') }
    expect(said(await send({ type: 'threads.add_user_message', params }))).toBe('1 2 3')
  })

  test.each(DEMO_PROMPTS.map(({ ask: prompt }) => [prompt]))('what it offers: %s', async (prompt) => {
    const events = await ask(prompt)
    expect(said(events)).not.toContain(INTRODUCTION)
    expect(said(events)).not.toMatch(/does not have it|An error occurred/)
  })
})

describe('the widget', () => {
  async function poll(): Promise<{ thread: string; item: WidgetItem }> {
    const events = await ask('Show me a widget')
    const item = done(events).find((one): one is WidgetItem => one.type === 'widget')
    if (!item) throw new Error('There is no widget.')
    return { thread: threadOf(events), item }
  }

  test('grows as it is streamed', async () => {
    const events = await ask('Show me a widget')
    const updates = events.filter(
      (event) => event.type === 'thread.item.updated' && event.update.type.startsWith('widget.'),
    )
    expect(updates.length).toBeGreaterThan(0)
  })

  test('counts votes: each press of a button replaces the card', async () => {
    const { thread, item } = await poll()
    const press = (option: unknown) =>
      send({
        type: 'threads.custom_action',
        params: { thread_id: thread, item_id: item.id, action: { type: 'demo.vote', payload: { option } } },
      })
    await press(1)
    const events = await press(1)
    const replaced = events.flatMap((event) => (event.type === 'thread.item.replaced' ? [event.item] : []))
    const widget = replaced[0]?.type === 'widget' ? replaced[0].widget : undefined
    expect(widget && pollOf(widget)?.options.map(({ votes }) => votes)).toEqual([0, 2, 0])
    expect((await press(9)).filter(({ type }) => type === 'thread.item.replaced')).toEqual([])
    expect((await press('x')).filter(({ type }) => type === 'thread.item.replaced')).toEqual([])
  })

  test('reads back what it shows', () => {
    const shown = {
      question: 'Which?',
      options: [
        { text: 'This', votes: 3 },
        { text: 'That', votes: 0 },
      ],
    }
    expect(pollOf(pollCard(shown))).toEqual(shown)
    expect(pollOf({ type: 'Card', children: [] })).toBeUndefined()
  })
})
