import { encodeEvent, type ThreadStreamEvent } from '@millrace/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenLiteralOf, tokenOf } from './token.ts'

const PREFIX = '"update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"'
/** Texts that look like what the parts of a delta are found by. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(PREFIX, `","${PREFIX}`, '"', '\\', '","update":{', '"}}'),
)

function entry(event: ThreadStreamEvent) {
  return { seq: 1, tokens: 0, data: encodeEvent(event) }
}

test('the token of an entry is its text delta, whatever is in it', () => {
  fc.assert(
    fc.property(text, text, fc.nat(20), (id, delta, content_index) => {
      const update = { type: 'assistant_message.content_part.text_delta' as const, content_index, delta }
      const it = entry({ type: 'thread.item.updated', item_id: id, update })
      expect(tokenOf(it)).toBe(delta)
      expect(tokenLiteralOf(it)).toBe(JSON.stringify(delta))
    }),
  )
})

test('no other entry has one, whatever is in it', () => {
  fc.assert(
    fc.property(text, text, (id, value) => {
      const others: ThreadStreamEvent[] = [
        { type: 'progress_update', text: value },
        {
          type: 'thread.item.updated',
          item_id: id,
          update: { type: 'widget.streaming_text.value_delta', component_id: value, delta: value, done: false },
        },
        {
          type: 'thread.item.updated',
          item_id: id,
          update: {
            type: 'workflow.task.added',
            task_index: 0,
            task: { type: 'custom', title: value, content: PREFIX, status_indicator: 'none' },
          },
        },
      ]
      for (const other of others) expect(tokenOf(entry(other))).toBeUndefined()
    }),
  )
  expect(tokenOf({ seq: 2, tokens: 1, end: { outcome: 'completed' } })).toBeUndefined()
})

test("what looks like a delta within an app's own data is none", () => {
  const payload = {
    item_id: 'x',
    update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: 'not said' },
  }
  const widget = {
    type: 'Card' as const,
    children: [{ type: 'Button' as const, label: 'Go', onClickAction: { type: 'go', payload } }],
  }
  const it = entry({ type: 'thread.item.updated', item_id: 'w', update: { type: 'widget.root.updated', widget } })
  expect(it.data).toContain('","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":')
  expect(tokenOf(it)).toBeUndefined()
})
