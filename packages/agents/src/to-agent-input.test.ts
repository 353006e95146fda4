import type { ThreadItem, UserMessageItem, WidgetItem } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { toAgentInput } from './to-agent-input.ts'

// What each item becomes by default is recorded: `conformance/src/converter` holds us to it.

const at = { thread_id: 'thr_1', created_at: '2026-01-01T12:00:00Z' }
const message: UserMessageItem = {
  ...at,
  id: 'msg_1',
  type: 'user_message',
  content: [{ type: 'input_text', text: 'Hi' }],
  attachments: [],
  inference_options: {},
}
const widget: WidgetItem = { ...at, id: 'w_1', type: 'widget', widget: { type: 'Card', children: [] } }

test('an app may replace what the model is told of items of one type', async () => {
  const input = await toAgentInput([message, widget], {
    items: { widget: async ({ id }, { isLast }) => [{ type: 'message', role: 'system', content: `${id} ${isLast}` }] },
  })
  expect(input.at(-1)).toEqual({ type: 'message', role: 'system', content: 'w_1 true' })
  expect(input).toHaveLength(2)
})

test('the quote of an older message is left out: it pointed at what was on the screen then', async () => {
  const quoting = { ...message, quoted_text: 'this' }
  expect(await toAgentInput([quoting])).toHaveLength(2)
  expect(await toAgentInput([quoting, message])).toHaveLength(2)
})

test('a call whose result is still awaited is not told: the model must not see half of it', async () => {
  const call = {
    ...at,
    id: 'tc_1',
    type: 'client_tool_call',
    status: 'pending',
    call_id: 'c',
    name: 'f',
    arguments: {},
  }
  expect(await toAgentInput([call as ThreadItem])).toEqual([])
})

test.each([
  [
    'attachment',
    { ...message, attachments: [{ type: 'file', id: 'atc_1', name: 'a.pdf', mime_type: 'application/pdf' }] },
  ],
  ['tag', { ...message, content: [{ type: 'input_tag', id: 'e_1', text: 'Ada', data: {}, interactive: false }] }],
  ['items.hidden_context_item', { ...at, id: 'hc_1', type: 'hidden_context_item', content: { a: 1 } }],
])('what only the app can tell of needs its `%s`, and the error says so', async (option, item) => {
  await expect(toAgentInput([item as ThreadItem])).rejects.toMatchObject({
    code: 'not_implemented',
    message: expect.stringContaining(`\`${option}\``),
  })
})

test('an item of a type that came later tells the model nothing', async () => {
  const later: object = { ...at, id: 'x_1', type: 'hologram' }
  expect(await toAgentInput([later as ThreadItem, message])).toHaveLength(1)
})
