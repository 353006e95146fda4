/** Properties of the reducer over random runs: what a well-behaved handler may yield, with items that overlap in time. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEvent, applyEvents } from './apply-event.ts'
import { encodeEvent } from './encode.ts'
import type { Annotation, Thread, ThreadItem, ThreadItemUpdate, ThreadStreamEvent, WidgetItem } from './index.ts'
import { ThreadStreamEventSchema } from './schemas/index.ts'

/** An item as it begins, the updates that make it grow, and the item they lead to. */
interface Making {
  begun: ThreadItem
  updates: ThreadItemUpdate[]
  done: ThreadItem
}

const head = { id: '', thread_id: 'thr', created_at: '2026-01-01T12:00:00Z' }
const words = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 6 })

/** Parts one after the other; each announced, streamed, annotated and done, or streamed without a word before. */
const assistantMessage = fc
  .array(fc.record({ words, isAnnounced: fc.boolean(), notes: fc.nat(3) }), { maxLength: 3 })
  .map((parts): Making => {
    const updates: ThreadItemUpdate[] = []
    const content = parts.map((part, content_index) => {
      const annotations: Annotation[] = Array.from({ length: part.notes }, (_, index) => ({
        type: 'annotation',
        source: { type: 'url', title: `source ${index}`, url: 'https://example.com' },
      }))
      const whole = { type: 'output_text' as const, text: part.words.join(''), annotations }
      if (part.isAnnounced || part.words.length === 0) {
        const empty = { type: 'output_text' as const, text: '', annotations: [] }
        updates.push({ type: 'assistant_message.content_part.added', content_index, content: empty })
      }
      for (const delta of part.words) {
        updates.push({ type: 'assistant_message.content_part.text_delta', content_index, delta })
      }
      for (const [annotation_index, annotation] of annotations.entries()) {
        const type = 'assistant_message.content_part.annotation_added'
        updates.push({ type, content_index, annotation_index, annotation })
      }
      if (part.isAnnounced) updates.push({ type: 'assistant_message.content_part.done', content_index, content: whole })
      return whole
    })
    const item = { ...head, type: 'assistant_message' as const }
    return { begun: { ...item, content: [] }, updates, done: { ...item, content } }
  })

const workflow = fc
  .array(fc.array(fc.string(), { minLength: 1, maxLength: 3 }), { maxLength: 3 })
  .map((thoughts): Making => {
    const thought = (content: string) => ({ type: 'thought' as const, status_indicator: 'none' as const, content })
    const updates = thoughts.flatMap((states, task_index) =>
      states.map((content, turn): ThreadItemUpdate => {
        const type = turn === 0 ? 'workflow.task.added' : 'workflow.task.updated'
        return { type, task_index, task: thought(content) }
      }),
    )
    const item = (contents: string[]): ThreadItem => ({
      ...head,
      type: 'workflow',
      workflow: { type: 'reasoning', expanded: false, tasks: contents.map(thought) },
    })
    return { begun: item([]), updates, done: item(thoughts.map((states) => states.at(-1) ?? '')) }
  })

const widget = words.map((deltas): Making => {
  const item = (value: string, streaming: boolean): WidgetItem => ({
    ...head,
    type: 'widget',
    widget: { type: 'Card', children: [{ type: 'Row', children: [{ type: 'Text', id: 't', value, streaming }] }] },
  })
  const updates = deltas.map((delta, index): ThreadItemUpdate => {
    const done = index === deltas.length - 1
    return { type: 'widget.streaming_text.value_delta', component_id: 't', delta, done }
  })
  return { begun: item('', true), updates, done: item(deltas.join(''), deltas.length === 0) }
})

const image = fc.nat(3).map((partials): Making => {
  const item: ThreadItem = { ...head, type: 'generated_image' }
  const state = (index: number) => ({ id: 'img', url: `https://example.com/${index}.png` })
  const updates = Array.from(
    { length: partials + 1 },
    (_, index): ThreadItemUpdate => ({
      type: 'generated_image.updated',
      image: state(index),
    }),
  )
  return { begun: item, updates, done: { ...item, image: state(partials) } }
})

/** Which of the items goes on next, again and again. */
const order = fc.infiniteStream(fc.nat())

/** The events of a run: each item added, updated and done, mixed with those of the others, each item's own in order. */
const runs: fc.Arbitrary<ThreadStreamEvent[]> = fc
  .tuple(fc.array(fc.oneof(assistantMessage, workflow, widget, image), { maxLength: 4 }), order)
  .map(([makings, turns]) => {
    const waiting = makings.map((making, index) => eventsOf(making, `item_${index}`))
    const events: ThreadStreamEvent[] = []
    for (const turn of turns) {
      const open = waiting.filter((rest) => rest.length > 0)
      const next = open[turn % Math.max(open.length, 1)]?.shift()
      if (!next) break
      events.push(next)
    }
    return events
  })

function eventsOf({ begun, updates, done }: Making, id: string): ThreadStreamEvent[] {
  return [
    { type: 'thread.item.added', item: { ...begun, id } },
    ...updates.map((update): ThreadStreamEvent => ({ type: 'thread.item.updated', item_id: id, update })),
    { type: 'thread.item.done', item: { ...done, id } },
  ]
}

/** The items that a store holds after these events. */
function finalItems(events: readonly ThreadStreamEvent[]): ThreadItem[] {
  return events.flatMap((event) => (event.type === 'thread.item.done' ? [event.item] : []))
}

function thread(...items: ThreadItem[]): Thread {
  const { thread_id: id, created_at } = head
  return { id, created_at, status: { type: 'active' }, metadata: {}, items: { data: items, has_more: false } }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

describe('for any run', () => {
  test('reducing its events gives the items that were done, in that order', () => {
    fc.assert(
      fc.property(runs, (events) => {
        expect(applyEvents(thread(), events).items.data).toEqual(finalItems(events))
      }),
    )
  })

  test('every item is complete before its last event', () => {
    fc.assert(
      fc.property(runs, (events) => {
        let state = thread()
        for (const event of events) {
          if (event.type === 'thread.item.done') {
            expect(state.items.data.find(({ id }) => id === event.item.id)).toEqual(event.item)
          }
          state = applyEvent(state, event)
        }
      }),
    )
  })

  test('one by one is the same as at once, and changes no state on the way', () => {
    fc.assert(
      fc.property(runs, (events) => {
        const start = deepFreeze(thread())
        const last = events.reduce((state, event) => deepFreeze(applyEvent(state, event)), start)
        expect(last).toEqual(applyEvents(start, events))
      }),
    )
  })

  test('events seen before change nothing, wherever the repeat breaks off', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (events, at) => {
        const finished = applyEvents(thread(), events)
        expect(applyEvents(finished, events.slice(0, at % (events.length + 1)))).toBe(finished)
      }),
    )
  })

  test('a reload in mid-run, which reads all events anew, arrives where the others are', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (events, at) => {
        const seen = applyEvents(thread(), events.slice(0, at % (events.length + 1)))
        expect(applyEvents(seen, events)).toEqual(applyEvents(thread(), events))
      }),
    )
  })

  test('a thread loaded after some items were finished arrives there, too', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (events, at) => {
        const stored = finalItems(events.slice(0, at % (events.length + 1)))
        expect(applyEvents(thread(...stored), events)).toEqual(applyEvents(thread(), events))
      }),
    )
  })

  test('nothing is lost on the wire', () => {
    fc.assert(
      fc.property(runs, (events) => {
        const received = events.map((event) => ThreadStreamEventSchema.parse(JSON.parse(encodeEvent(event))))
        expect(received).toEqual(events)
      }),
    )
  })
})
