import type { Task, ThreadStreamEvent } from '@millrace/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { OpenWorkflow } from './open-workflow.ts'

let sent: ThreadStreamEvent[]
let workflow: OpenWorkflow
let nowMs: number

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  nowMs = Date.UTC(2026, 0, 1, 12)
  let count = 0
  workflow = new OpenWorkflow({
    threadId: 'thr_1',
    generateId: () => `wf_${++count}`,
    now: () => new Date(nowMs),
    emit: (event) => sent.push(structuredClone(event)),
  })
})

afterEach(() => {
  vi.useRealTimers()
})

const titled = (title: string): Task => ({ type: 'custom', status_indicator: 'none', title })
const thought = (content: string): Task => ({ type: 'thought', status_indicator: 'none', content })

/** Tasks as events tell them: index and text. */
function told(): unknown[] {
  return sent.map((event) => {
    if (event.type !== 'thread.item.updated' || !('task' in event.update)) return event.type
    const { task, task_index: index, type } = event.update
    return [type, index, 'content' in task && task.content ? task.content.length : task.title]
  })
}

describe('a workflow', () => {
  test('without tasks is announced with its first one', () => {
    workflow.open({ type: 'custom', tasks: [], expanded: false })
    expect(sent).toEqual([])
    workflow.add(titled('A'))
    expect(sent).toMatchObject([{ type: 'thread.item.added', item: { workflow: { tasks: [{ title: 'A' }] } } }])
  })

  test('shows in each event what it was then, not what it became', () => {
    workflow.add(titled('A'))
    workflow.add(titled('B'))
    expect(sent[0]).toMatchObject({ item: { workflow: { tasks: [{ title: 'A' }] } } })
    expect(told()[1]).toEqual(['workflow.task.added', 1, 'B'])
  })

  test('tells equal tasks apart by their place', () => {
    for (const title of ['Same', 'Other', 'Same']) workflow.add(titled(title))
    workflow.update(titled('Changed'), 2)
    expect(told().slice(2)).toEqual([
      ['workflow.task.added', 2, 'Same'],
      ['workflow.task.updated', 2, 'Changed'],
    ])
  })

  test('says how many whole seconds it took, and is folded', () => {
    workflow.add(titled('A'))
    nowMs += 7_900
    workflow.end()
    expect(sent.at(-1)).toMatchObject({ item: { workflow: { summary: { duration: 7 }, expanded: false } } })
    expect(workflow.id).toBeUndefined()
  })

  test('that a store gave with a time without zone took place in UTC', () => {
    workflow.adopt({
      id: 'wf_x',
      thread_id: 'thr_1',
      created_at: '2026-01-01T11:59:55',
      type: 'workflow',
      workflow: { type: 'custom', tasks: [titled('A')], expanded: false },
    })
    workflow.end()
    expect(sent.at(-1)).toMatchObject({ item: { id: 'wf_x', workflow: { summary: { duration: 5 } } } })
  })

  test('that is not open cannot be ended, and has no tasks to update', () => {
    workflow.end()
    expect(sent).toEqual([])
    expect(() => workflow.update(titled('A'), 0)).toThrow('startWorkflow')
    workflow.add(titled('A'))
    expect(() => workflow.update(titled('B'), 1)).toThrow('no task 1')
  })
})

describe('updates of a task', () => {
  test('are all sent while it is short', () => {
    workflow.add(thought(''))
    for (let length = 1; length <= 100; length += 1) workflow.update(thought('x'.repeat(length * 10)), 0)
    expect(told()).toHaveLength(101)
  })

  test('are sent ten times a second once it is long, the last one always', () => {
    workflow.add(thought('x'.repeat(1_001)))
    for (let step = 1; step <= 1_000; step += 1) {
      workflow.update(thought('x'.repeat(1_001 + step)), 0)
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(100)
    expect(told().length).toBeLessThanOrEqual(13)
    expect(told().at(-1)).toEqual(['workflow.task.updated', 0, 2_001])
  })

  test('that are held back are sent before the workflow ends', () => {
    workflow.add(thought('x'.repeat(2_000)))
    workflow.update(thought('x'.repeat(2_001)), 0)
    workflow.update(thought('x'.repeat(2_002)), 0)
    workflow.end()
    expect(told().slice(1)).toEqual([
      ['workflow.task.updated', 0, 2_001],
      ['workflow.task.updated', 0, 2_002],
      'thread.item.done',
    ])
    vi.advanceTimersByTime(1_000)
    expect(told()).toHaveLength(4)
  })

  test('of a finished one are sent at once', () => {
    workflow.add(thought('x'.repeat(2_000)))
    workflow.update(thought('x'.repeat(2_001)), 0)
    workflow.finish(thought('x'.repeat(2_010)), 0)
    expect(told().at(-1)).toEqual(['workflow.task.updated', 0, 2_010])
  })
})
