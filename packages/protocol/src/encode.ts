/**
 * What leaves the server: events as the data of one SSE frame, items, threads and errors as bodies. Outside the app's own
 * data a field that is null is left out; what the app keeps for itself (metadata of threads and attachments) never leaves.
 */
import type { ChatKitError } from './errors.ts'
import { normalizeComponent, normalizeWidget } from './normalize-widget.ts'
import type { Attachment } from './schemas/attachments.ts'
import type { ThreadStreamEvent } from './schemas/events.ts'
import type { ThreadItem } from './schemas/items.ts'
import type { RunEndedEvent } from './schemas/runs.ts'
import type { Page, Thread, ThreadMetadata } from './schemas/threads.ts'
import type { ThreadItemUpdate } from './schemas/updates.ts'

/** Compact JSON of an event: for a text delta one short string is encoded, a walk is made only for what may hold nulls. */
export function encodeEvent(event: ThreadStreamEvent | RunEndedEvent): string {
  if (event.type === 'thread.item.updated' && event.update.type === 'assistant_message.content_part.text_delta') {
    return encodeDelta(event.item_id, event.update.content_index, event.update.delta)
  }
  return JSON.stringify(toWireEvent(event))
}

/** The one event there is per token: written out by hand, which costs a third of encoding the object. */
function encodeDelta(itemId: string, index: number, delta: string): string {
  const update = `{"type":"assistant_message.content_part.text_delta","content_index":${index},"delta":${JSON.stringify(delta)}}`
  return `{"type":"thread.item.updated","item_id":${JSON.stringify(itemId)},"update":${update}}`
}

function toWireEvent(event: ThreadStreamEvent | RunEndedEvent): unknown {
  switch (event.type) {
    case 'thread.item.updated':
      return toWireUpdateEvent(event)
    case 'thread.item.added':
    case 'thread.item.done':
    case 'thread.item.replaced':
      return { ...event, item: toWireItem(event.item) }
    case 'thread.created':
    case 'thread.updated':
      return { ...event, thread: toWireThread(event.thread, event.thread.items) }
    default:
      return withoutNullFields(event)
  }
}

function toWireUpdateEvent(event: { item_id: string; update: ThreadItemUpdate }): unknown {
  const update = toWireUpdate(event.update)
  return update === event.update ? event : { ...event, update }
}

function toWireUpdate(update: ThreadItemUpdate): unknown {
  switch (update.type) {
    case 'assistant_message.content_part.text_delta':
    case 'widget.streaming_text.value_delta':
      return update
    case 'widget.root.updated':
      return { ...update, widget: normalizeWidget(update.widget) }
    case 'widget.component.updated':
      return { ...update, component: normalizeComponent(update.component) }
    default:
      return withoutNullFields(update)
  }
}

/** An item as clients get it: widgets normalised, no nulls, no metadata of attachments. */
export function toWireItem<Item extends ThreadItem>(item: Item): Item
export function toWireItem(item: ThreadItem): ThreadItem {
  switch (item.type) {
    case 'widget':
      return { ...withoutNullFields(item), widget: normalizeWidget(item.widget) }
    case 'user_message':
      return { ...withoutNullFields(item), attachments: item.attachments.map(toWireAttachment) }
    case 'hidden_context_item':
    case 'sdk_hidden_context':
      return item
    default:
      return withoutNullFields(item)
  }
}

/** Whether an item is for the model alone and must never reach a client. */
export function isHiddenItem(item: ThreadItem): boolean {
  return item.type === 'hidden_context_item' || item.type === 'sdk_hidden_context'
}

/** A thread as clients get it: `metadata` empty, with this page of items, by default an empty one. */
export function toWireThread(thread: ThreadMetadata, items: Page<ThreadItem> = { data: [], has_more: false }): Thread {
  return { ...withoutNullFields(thread), metadata: {}, items: toWirePage(items, toWireItem) }
}

/** A page whose rows are written by `toWire`. */
export function toWirePage<Row, WireRow>(page: Page<Row>, toWire: (row: Row) => WireRow): Page<WireRow> {
  const wire = { data: page.data.map((row) => toWire(row)), has_more: page.has_more }
  return page.after === undefined || page.after === null ? wire : { ...wire, after: page.after }
}

/** An attachment as clients get it: URLs normalised, without the metadata that the app keeps with it. */
export function toWireAttachment(attachment: Attachment): Attachment {
  const { metadata, ...visible } = withoutNullFields(attachment)
  const descriptor = visible.upload_descriptor
  return {
    ...visible,
    ...(descriptor ? { upload_descriptor: { ...descriptor, url: normalizeUrl(descriptor.url) } } : {}),
    ...(visible.type === 'image' ? { preview_url: normalizeUrl(visible.preview_url) } : {}),
  }
}

function normalizeUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url
}

/** The body of an error answer. */
export interface WireError {
  type: 'error'
  /** What a person reads. */
  error: string
  code: string
  param: string | null
  [detail: string]: unknown
}

/** An error as the body of an HTTP answer; its `details` (`run_id` …) stand beside. */
export function toWireError(error: ChatKitError): WireError {
  return { ...error.details, type: 'error', error: error.message, code: error.code, param: error.param ?? null }
}

/** Fields that hold the app's own data, in which a null means something. */
const FREE_FIELDS = new Set(['data', 'arguments', 'output', 'payload', 'metadata'])

/** The value without null fields outside the app's own data; the same object where there was none. */
function withoutNullFields<T extends object>(value: T): T
function withoutNullFields(value: object): object {
  if (Array.isArray(value)) return withoutNullFieldsEach(value)
  let copy: Record<string, unknown> | undefined
  // Plain objects all: a walk by `in` makes no list of entries for each of them, which is most of the cost of a page.
  const fields = value as Record<string, unknown>
  for (const key in fields) {
    const field = fields[key]
    if (field === null) {
      copy ??= { ...value }
      delete copy[key]
    } else if (typeof field === 'object' && !FREE_FIELDS.has(key)) {
      const wire = withoutNullFields(field)
      if (wire === field) continue
      copy ??= { ...value }
      copy[key] = wire
    }
  }
  return copy ?? value
}

function withoutNullFieldsEach(list: unknown[]): unknown[] {
  const wire = list.map((entry) => (typeof entry === 'object' && entry !== null ? withoutNullFields(entry) : entry))
  return wire.some((entry, index) => entry !== list[index]) ? wire : list
}
