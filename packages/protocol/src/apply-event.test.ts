import { describe, expect, test } from 'vitest'
import { applyEvent, applyEvents, isUnfinished } from './apply-event.ts'
import type { AssistantMessageItem, Thread, ThreadItem, ThreadStreamEvent, WorkflowItem } from './index.ts'

const created_at = '2026-01-01T12:00:00Z'

function thread(...items: ThreadItem[]): Thread {
  return {
    id: 'thr',
    created_at,
    status: { type: 'active' },
    metadata: { plan: 'pro' },
    items: { data: items, has_more: false },
  }
}

function message(id: string, ...texts: string[]): AssistantMessageItem {
  const content = texts.map((text) => ({ type: 'output_text' as const, text, annotations: [] }))
  return { type: 'assistant_message', id, thread_id: 'thr', created_at, content }
}

const added = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.added', item })
const done = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.done', item })
const delta = (item_id: string, text: string): ThreadStreamEvent => ({
  type: 'thread.item.updated',
  item_id,
  update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: text },
})
const ids = ({ items }: Thread) => items.data.map((item) => item.id)

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

describe('an answer', () => {
  test('grows by its deltas and is what its last event says', () => {
    const growing = applyEvents(thread(), [added(message('a')), delta('a', 'Hel'), delta('a', 'lo')])
    expect(growing.items.data).toEqual([message('a', 'Hello')])
    expect(applyEvent(growing, done(message('a', 'Hello!'))).items.data).toEqual([message('a', 'Hello!')])
  })

  test('touches nothing but itself', () => {
    const before = deepFreeze(thread(message('old', 'x'), message('older', 'y')))
    const after = applyEvents(before, [added(message('a')), delta('a', 'Hi')])
    expect(after.items.data.slice(0, 2)).toEqual(before.items.data)
    expect(after.items.data[0]).toBe(before.items.data[0])
    expect(after.status).toBe(before.status)
  })

  test('stands behind all that was finished before it, as in a store', () => {
    const events = [
      added(message('a')),
      added(message('b')),
      done(message('b', '2')),
      done(message('c', '3')),
      done(message('a', '1')),
    ]
    expect(ids(applyEvents(thread(message('old')), events))).toEqual(['old', 'b', 'c', 'a'])
  })

  test('is unfinished from added to done', () => {
    const begun = applyEvent(thread(message('old')), added(message('a')))
    expect(begun.items.data.map(isUnfinished)).toEqual([false, true])
    expect(applyEvent(begun, done(message('a'))).items.data.map(isUnfinished)).toEqual([false, false])
  })
})

describe('what does not belong here changes nothing', () => {
  const before = deepFreeze(thread(message('a', 'x')))

  test.each<[string, ThreadStreamEvent]>([
    ['an item that is not there', delta('nobody', 'x')],
    ['a removal of what is gone', { type: 'thread.item.removed', item_id: 'nobody' }],
    ['progress', { type: 'progress_update', text: 'Searching' }],
    ['an error', { type: 'error', code: 'stream.error', allow_retry: true }],
    ['another thread', { type: 'thread.updated', thread: { ...thread(), id: 'thr_2', title: 'Other' } }],
    ['a text delta for an item that came with the thread', delta('a', 'again')],
  ])('%s', (_what, event) => {
    expect(applyEvent(before, event)).toBe(before)
  })

  test('an event of a type to come', () => {
    const event = JSON.parse('{"type":"thread.item.sung","item":{"id":"a"}}') as ThreadStreamEvent
    expect(applyEvent(before, event)).toBe(before)
  })

  test('an update of a type to come', () => {
    const begun = applyEvent(before, added(message('b')))
    const event = JSON.parse('{"type":"thread.item.updated","item_id":"b","update":{"type":"x"}}') as ThreadStreamEvent
    expect(applyEvent(begun, event)).toBe(begun)
  })
})

describe('a thread', () => {
  test('takes its new title and keeps its items and what the server alone knows', () => {
    const updated = applyEvent(thread(message('a')), {
      type: 'thread.updated',
      thread: { ...thread(), title: 'Trip', metadata: {} },
    })
    expect(updated).toEqual({ ...thread(message('a')), title: 'Trip' })
  })

  test('loses a removed item and shows a replaced one in its place', () => {
    const events: ThreadStreamEvent[] = [
      { type: 'thread.item.removed', item_id: 'a' },
      { type: 'thread.item.replaced', item: message('b', 'new') },
    ]
    const before = thread(message('a'), message('b', 'old'), message('c'))
    expect(applyEvents(before, events).items.data).toEqual([message('b', 'new'), message('c')])
  })
})

describe('a workflow left open by an earlier run', () => {
  const workflow: WorkflowItem = {
    type: 'workflow',
    id: 'w',
    thread_id: 'thr',
    created_at,
    workflow: {
      type: 'reasoning',
      tasks: [{ type: 'thought', status_indicator: 'none', content: 'one' }],
      expanded: false,
    },
  }

  test('goes on', () => {
    const task = { type: 'thought', status_indicator: 'none', content: 'two' } as const
    const event: ThreadStreamEvent = {
      type: 'thread.item.updated',
      item_id: 'w',
      update: { type: 'workflow.task.added', task_index: 1, task },
    }
    const [item] = applyEvent(thread(workflow), event).items.data
    expect(item).toEqual({ ...workflow, workflow: { ...workflow.workflow, tasks: [...workflow.workflow.tasks, task] } })
  })
})
