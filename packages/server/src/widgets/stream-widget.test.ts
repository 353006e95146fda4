import type { WidgetRoot } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import { streamWidget, type WidgetTurn } from './stream-widget.ts'

const created_at = '2026-01-01T12:00:00.000Z'

function testTurn(): WidgetTurn {
  let count = 0
  return { thread: { id: 'thr' }, generateId: () => `msg_${++count}`, now: () => new Date(created_at) }
}

const card = (value: string, streaming = true): WidgetRoot => ({
  type: 'Card',
  children: [{ type: 'Text', id: 't', value, streaming }],
})
const item = (widget: WidgetRoot) => ({ type: 'widget', id: 'msg_1', thread_id: 'thr', created_at, widget })

async function eventsOf(...widget: Parameters<typeof streamWidget> extends [unknown, ...infer Rest] ? Rest : never) {
  const events = []
  for await (const event of streamWidget(testTurn(), ...widget)) events.push(event)
  return events
}

async function* states(...widgets: WidgetRoot[]): AsyncGenerator<WidgetRoot> {
  yield* widgets
}

describe('a finished widget', () => {
  test('is one event, with what the copy button gives', async () => {
    expect(await eventsOf(card('Hi'), { copyText: 'Hi' })).toEqual([
      { type: 'thread.item.done', item: { ...item(card('Hi')), copy_text: 'Hi' } },
    ])
  })

  test('has the defaults of its actions written out', async () => {
    const widget: WidgetRoot = { type: 'Card', children: [{ type: 'Button', onClickAction: { type: 'go' } }] }
    expect((await eventsOf(widget))[0]).toHaveProperty('item.widget.children.0.onClickAction.handler', 'server')
  })

  test('must start with a root', async () => {
    const text = JSON.parse('{"type":"Text","value":"x"}') as WidgetRoot
    await expect(eventsOf(text)).rejects.toMatchObject({ code: 'invalid_request' })
  })
})

describe('a widget that grows', () => {
  test('is added, updated by what changed, and done', async () => {
    const deltaOf = (delta: string, done: boolean) => ({
      type: 'thread.item.updated',
      item_id: 'msg_1',
      update: { type: 'widget.streaming_text.value_delta', component_id: 't', delta, done },
    })
    expect(await eventsOf(states(card(''), card('Hel'), card('Hel'), card('Hello', false)))).toEqual([
      { type: 'thread.item.added', item: item(card('')) },
      deltaOf('Hel', false),
      deltaOf('lo', true),
      { type: 'thread.item.done', item: item(card('Hello', false)) },
    ])
  })

  test('needs one state at least', async () => {
    await expect(eventsOf(states())).rejects.toThrow('The widget has no state. Yield one at least')
  })

  test('ends its source when the reader leaves', async () => {
    let isEnded = false
    async function* endless(): AsyncGenerator<WidgetRoot> {
      try {
        for (let length = 1; ; length++) yield card('x'.repeat(length))
      } finally {
        isEnded = true
      }
    }
    for await (const event of streamWidget(testTurn(), endless())) {
      if (event.type === 'thread.item.updated') break
    }
    expect(isEnded).toBe(true)
  })
})
