/** Events and threads as servers send them, for tests. */
import type { Page, RunEndedEvent, RunOutcome, Thread, ThreadItem, ThreadStreamEvent } from '@millrace/protocol'
import type { SequencedEvent } from '../transport.ts'

const CREATED = '2026-01-01T12:00:00Z'

export function thread(id: string, items: ThreadItem[] = [], more: Partial<Thread> = {}): Thread {
  return { id, created_at: CREATED, status: { type: 'active' }, metadata: {}, items: page(items), ...more }
}

export function page<T>(data: T[], after?: string): Page<T> {
  return { data, has_more: after !== undefined, ...(after !== undefined && { after }) }
}

export function userMessage(id: string, text: string, threadId = 'thr_1'): ThreadItem {
  const content = [{ type: 'input_text' as const, text }]
  return {
    type: 'user_message',
    id,
    thread_id: threadId,
    created_at: CREATED,
    content,
    attachments: [],
    inference_options: {},
  }
}

export function answer(id: string, text: string, threadId = 'thr_1'): ThreadItem {
  const content = text === '' ? [] : [{ type: 'output_text' as const, text, annotations: [] }]
  return { type: 'assistant_message', id, thread_id: threadId, created_at: CREATED, content }
}

export function toolCall(id: string, name: string, params: Record<string, unknown>): ThreadItem {
  const call = { call_id: `call_${id}`, name, arguments: params, status: 'pending' as const }
  return { type: 'client_tool_call', id, thread_id: 'thr_1', created_at: CREATED, ...call }
}

export const created = (id = 'thr_1'): ThreadStreamEvent => ({ type: 'thread.created', thread: thread(id) })
export const added = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.added', item })
export const done = (item: ThreadItem): ThreadStreamEvent => ({ type: 'thread.item.done', item })
export const removed = (id: string): ThreadStreamEvent => ({ type: 'thread.item.removed', item_id: id })
export const mayStop = (allow_cancel = true): ThreadStreamEvent => ({
  type: 'stream_options',
  stream_options: { allow_cancel },
})

export function delta(id: string, text: string): ThreadStreamEvent {
  const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta: text }
  return { type: 'thread.item.updated', item_id: id, update }
}

export function ended(
  outcome: RunOutcome = 'completed',
  error?: RunEndedEvent['error'],
  runId = 'run_1',
): RunEndedEvent {
  return { type: 'run.ended', run_id: runId, outcome, ...(error && { error }) }
}

/** A whole answer, word by word, without the user's message. */
export function spoken(id: string, text: string): ThreadStreamEvent[] {
  const words = text.match(/\S+\s*/g) ?? []
  return [added(answer(id, '')), ...words.map((word) => delta(id, word)), done(answer(id, text))]
}

/** Numbered as in a run's log. */
export function numbered(events: readonly SequencedEvent['event'][]): SequencedEvent[] {
  return events.map((event, index) => ({ seq: index + 1, event }))
}

/** As a server without runs sends them. */
export function plain(events: readonly SequencedEvent['event'][]): SequencedEvent[] {
  return events.map((event) => ({ seq: undefined, event }))
}

/** What a conversation reads: roles and texts. */
export function texts(items: readonly ThreadItem[]): string[] {
  return items.map((item) => {
    if (item.type === 'user_message') return `user: ${item.content.map(({ text }) => text).join('')}`
    if (item.type === 'assistant_message') return `assistant: ${item.content.map(({ text }) => text).join('')}`
    return item.type
  })
}
