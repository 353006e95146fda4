/** A widget on its way to the client: what `respond` and tools yield, so that a widget appears and grows. */
import {
  ChatKitError,
  diffWidget,
  type IdKind,
  normalizeWidget,
  type ThreadItemAddedEvent,
  type ThreadItemDoneEvent,
  type ThreadItemUpdatedEvent,
  type WidgetItem,
  type WidgetRoot,
} from '@millrace/protocol'

/** The part of a turn that a new item needs. */
export interface WidgetTurn {
  readonly thread: { readonly id: string }
  generateId(kind: IdKind): string
  now(): Date
}

export interface StreamWidgetOptions {
  /** What the client's copy button gives. */
  copyText?: string
}

/**
 * The events of one widget item. A finished widget is one `thread.item.done`. Of a sequence of states the first is `added`,
 * then come the differences (see `diffWidget`), then the last state is `done`; only the last state is kept, so a sequence
 * may be as long as it likes. States are values: a state that is the same object as the one before counts as unchanged.
 * @throws ChatKitError `invalid_request` for a sequence without any state and for a root of an unknown type.
 */
export async function* streamWidget(
  turn: WidgetTurn,
  widget: WidgetRoot | AsyncIterable<WidgetRoot>,
  { copyText }: StreamWidgetOptions = {},
): AsyncGenerator<ThreadItemAddedEvent | ThreadItemUpdatedEvent | ThreadItemDoneEvent, void, undefined> {
  if (!(Symbol.asyncIterator in widget)) {
    yield { type: 'thread.item.done', item: newItem(turn, widget, copyText) }
    return
  }
  let last: WidgetItem | undefined
  for await (const state of widget) {
    if (!last) {
      last = newItem(turn, state, copyText)
      yield { type: 'thread.item.added', item: last }
      continue
    }
    const item: WidgetItem = { ...last, widget: normalizeWidget(state) }
    for (const update of diffWidget(last.widget, item.widget)) {
      yield { type: 'thread.item.updated', item_id: item.id, update }
    }
    last = item
  }
  if (!last) {
    throw new ChatKitError('invalid_request', 'The widget has no state. Yield one at least before the generator ends.')
  }
  yield { type: 'thread.item.done', item: last }
}

function newItem(turn: WidgetTurn, widget: WidgetRoot, copyText: string | undefined): WidgetItem {
  return {
    type: 'widget',
    id: turn.generateId('message'),
    thread_id: turn.thread.id,
    created_at: turn.now().toISOString(),
    widget: normalizeWidget(widget),
    ...(copyText === undefined ? {} : { copy_text: copyText }),
  }
}
