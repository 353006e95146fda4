import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyItemUpdate } from './apply-item-update.ts'
import { diffWidget } from './diff-widget.ts'
import type { ThreadItem, ThreadItemUpdate, WidgetComponent, WidgetRoot } from './index.ts'
import { normalizeWidget } from './normalize-widget.ts'

const card = (...children: WidgetComponent[]): WidgetRoot => ({ type: 'Card', children })
const text = (value: string, more: object = {}): WidgetComponent => ({ type: 'Text', id: 't', value, ...more })

function follow(widget: WidgetRoot, updates: ThreadItemUpdate[]): unknown {
  const item: ThreadItem = { type: 'widget', id: 'i', thread_id: 'thr', created_at: '', widget }
  const followed = updates.reduce(applyItemUpdate, item)
  return followed.type === 'widget' ? followed.widget : undefined
}

describe('what changed in a widget', () => {
  test('a text that grew is one delta, however much is around it', () => {
    const title: WidgetComponent = { type: 'Title', value: 'Weather' }
    const state = (value: string) => card(title, { type: 'Row', children: [text(value, { streaming: true })] })
    expect(diffWidget(state('It'), state('It rains'))).toEqual([
      { type: 'widget.streaming_text.value_delta', component_id: 't', delta: ' rains', done: false },
    ])
  })

  test('a text that grows and ends is one last delta', () => {
    const updates = diffWidget(card(text('a', { streaming: true })), card(text('ab', { streaming: false })))
    expect(updates).toEqual([{ type: 'widget.streaming_text.value_delta', component_id: 't', delta: 'b', done: true }])
    expect(follow(card(text('a', { streaming: true })), updates)).toEqual(card(text('ab', { streaming: false })))
  })

  test('a text that ends without growing is the whole widget, as recorded', () => {
    const after = card(text('a', { streaming: false }))
    expect(diffWidget(card(text('a', { streaming: true })), after)).toEqual([
      { type: 'widget.root.updated', widget: after },
    ])
  })

  test('a text whose id leads to another one is the whole widget', () => {
    const after = card(text('ax'), text('b'))
    expect(diffWidget(card(text('a'), text('b')), after)).toEqual([{ type: 'widget.root.updated', widget: after }])
  })

  test('a root of an unknown type is refused', () => {
    const broken = JSON.parse('{"type":"Text","value":"x"}') as WidgetRoot
    expect(() => diffWidget(card(), broken)).toThrow(/Card, ListView or Basic, but is "Text"/)
  })
})

const props = fc.record({ color: fc.constantFrom('red', null), streaming: fc.boolean() }, { requiredKeys: [] })

/** Components whose texts have ids of their own, so that every change can be told. */
function components(values: string[]): fc.Arbitrary<WidgetComponent[]> {
  const leaf = (value: string, index: number) =>
    fc.tuple(fc.constantFrom('Text', 'Markdown', 'Title', 'Hologram'), props).map(([type, more]) => {
      return { type, id: `t${index}`, value, ...more } as WidgetComponent
    })
  return fc.tuple(...values.map(leaf)).chain((leaves) => {
    const arrangements: WidgetComponent[][] = [
      leaves,
      [{ type: 'Row', id: 'row', children: leaves }],
      leaves.map((leaf) => ({ type: 'Transition', children: leaf })),
      [{ type: 'Hologram', children: leaves, note: { deep: [1, null] } }],
    ]
    return fc.constantFrom(...arrangements)
  })
}

const values = fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { maxLength: 4 })
const widgets = values.chain(components).map((children) => card(...children))
/** Two states that often differ in nothing but the length of their texts. */
const states = values.chain((before) =>
  fc.array(fc.constantFrom('', 'x', '🙂'), { minLength: before.length, maxLength: before.length }).chain((growth) => {
    const after = before.map((value, index) => value + (growth[index] ?? ''))
    return fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => {
      const shape = (values: string[]) => fc.sample(components(values), { numRuns: 1, seed })[0] ?? []
      return [card(...shape(before)), card(...shape(after))] as const
    })
  }),
)

describe('for any two states', () => {
  test('the updates lead a client from the one to the other', () => {
    fc.assert(
      fc.property(fc.oneof(states, fc.tuple(widgets, widgets)), ([before, after]) => {
        expect(follow(normalizeWidget(before), diffWidget(before, after))).toEqual(normalizeWidget(after))
      }),
    )
  })

  test('a widget does not differ from itself, nor from what it is on the wire', () => {
    fc.assert(
      fc.property(widgets, (widget) => {
        expect(diffWidget(widget, structuredClone(widget))).toEqual([])
        expect(diffWidget(widget, normalizeWidget(widget))).toEqual([])
      }),
    )
  })

  test('the wire form of the wire form is the same object', () => {
    fc.assert(
      fc.property(widgets, (widget) => {
        const wire = normalizeWidget(widget)
        expect(normalizeWidget(wire)).toBe(wire)
      }),
    )
  })
})
