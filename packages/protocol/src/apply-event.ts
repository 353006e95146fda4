/**
 * The reducer: events in, thread out. The server uses it to know what a stopped or orphaned run had said, the browser to
 * show a thread, tests to compare the two. `apply-item-update.ts` is its inner half.
 *
 * Events may be applied again, from the start of a run, on a thread that holds some or all of their effect (a reload in
 * mid-answer). So the reducer tells three kinds of item apart: *open* ones, which these events have begun and not finished;
 * *settled* ones, which they have finished or begun when the thread held them already, so that a repeat of what led there
 * must not touch them; and those it knows nothing of, which came with the thread. The mark hangs on the item's identity, not
 * on its fields: a thread stays plain JSON, and no state is changed by what is derived from it.
 */
import { applyItemUpdate } from './apply-item-update.ts'
import { sameJson } from './same-json.ts'
import type { ThreadStreamEvent } from './schemas/events.ts'
import type { ThreadItem } from './schemas/items.ts'
import type { Thread } from './schemas/threads.ts'
import type { ThreadItemUpdate } from './schemas/updates.ts'

const marks = new WeakMap<ThreadItem, 'open' | 'settled'>()

/** Whether the item was begun by events and has not been finished by them. */
export function isUnfinished(item: ThreadItem): boolean {
  return marks.get(item) === 'open'
}

/**
 * The thread after the event: new objects where something changed, the same ones everywhere else. Events of another thread
 * and events, items and updates of an unknown type change nothing. Finished items stand in the order in which they were
 * finished, as in a store, unfinished ones behind them.
 */
export function applyEvent(thread: Thread, event: ThreadStreamEvent): Thread {
  return applyEvents(thread, [event])
}

/** The thread after all of the events. Cheaper than one by one: the list of items is copied once. */
export function applyEvents(thread: Thread, events: Iterable<ThreadStreamEvent>): Thread {
  const draft: Draft = { thread, items: thread.items.data, ownsItems: false }
  for (const event of events) reduce(draft, event)
  if (draft.items === thread.items.data) return draft.thread
  return { ...draft.thread, items: { ...thread.items, data: draft.items } }
}

interface Draft {
  thread: Thread
  items: ThreadItem[]
  /** Whether `items` is our own copy. */
  ownsItems: boolean
}

function reduce(draft: Draft, event: ThreadStreamEvent): void {
  switch (event.type) {
    case 'thread.item.updated':
      update(draft, event.item_id, event.update)
      break
    case 'thread.item.added':
      begin(draft, event.item)
      break
    case 'thread.item.done':
    case 'thread.item.replaced':
      settle(draft, event.item)
      break
    case 'thread.item.removed':
      remove(draft, event.item_id)
      break
    case 'thread.created':
    case 'thread.updated':
      changeThread(draft, event.thread)
      break
    case 'stream_options':
    case 'progress_update':
    case 'client_effect':
    case 'error':
    case 'notice':
      break
    default:
      event satisfies never
  }
}

/** The metadata is the app's own and never sent, so what arrives says nothing about it. */
function changeThread(draft: Draft, incoming: Thread): void {
  if (incoming.id !== draft.thread.id) return
  const changed = { ...incoming, metadata: draft.thread.metadata, items: draft.thread.items }
  if (!sameJson(changed, draft.thread)) draft.thread = changed
}

function begin(draft: Draft, item: ThreadItem): void {
  const index = indexOf(draft.items, item.id)
  const existing = draft.items[index]
  if (!existing) ownItems(draft).push(marked(item, 'open'))
  else if (isUnfinished(existing)) ownItems(draft)[index] = marked(item, 'open')
  else if (!marks.has(existing)) ownItems(draft)[index] = marked(existing, 'settled')
}

function update(draft: Draft, id: string, change: ThreadItemUpdate): void {
  const index = indexOf(draft.items, id)
  const item = draft.items[index]
  if (!item) return
  const mark = marks.get(item)
  if (mark === 'settled' || (mark === undefined && !isRepeatable(change))) return
  const updated = applyItemUpdate(item, change)
  if (updated === item) return
  if (mark) marks.set(updated, mark)
  ownItems(draft)[index] = updated
}

/** Updates that say what is, not what comes on top: only they may reach an item that these events did not begin. */
function isRepeatable(change: ThreadItemUpdate): boolean {
  return !change.type.startsWith('assistant_message.') && change.type !== 'widget.streaming_text.value_delta'
}

function settle(draft: Draft, item: ThreadItem): void {
  const index = indexOf(draft.items, item.id)
  const existing = draft.items[index]
  if (existing && !isUnfinished(existing)) {
    if (!marks.has(existing) || !sameJson(existing, item)) ownItems(draft)[index] = marked(item, 'settled')
    return
  }
  const items = ownItems(draft)
  if (existing) items.splice(index, 1)
  let end = items.length
  for (let last = items[end - 1]; last && isUnfinished(last); last = items[end - 1]) end--
  items.splice(end, 0, marked(item, 'settled'))
}

function remove(draft: Draft, id: string): void {
  const index = indexOf(draft.items, id)
  if (index >= 0) ownItems(draft).splice(index, 1)
}

/** From the end, where the item of nearly every event is. */
function indexOf(items: readonly ThreadItem[], id: string): number {
  for (let index = items.length - 1; index >= 0; index--) {
    if (items[index]?.id === id) return index
  }
  return -1
}

/** A copy, so that the mark says nothing about the object that someone else may hold. */
function marked(item: ThreadItem, mark: 'open' | 'settled'): ThreadItem {
  const copy = { ...item }
  marks.set(copy, mark)
  return copy
}

function ownItems(draft: Draft): ThreadItem[] {
  if (!draft.ownsItems) draft.items = draft.items.slice()
  draft.ownsItems = true
  return draft.items
}
