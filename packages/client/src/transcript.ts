/** The items of the open thread, changed in place: an event costs the same however long the thread is. */
import { applyItemUpdate, type ThreadItem, type ThreadItemUpdate, type ThreadStreamEvent } from '@millrace/protocol'

type ItemEvent = Extract<ThreadStreamEvent, { type: `thread.item.${string}` }>

export class Transcript {
  /** Oldest first. */
  #items: ThreadItem[] = []
  /** Where each id stands in `#items`. */
  #places = new Map<string, number>()
  /** The copy that was handed out last, as long as nothing changed. */
  #copy: readonly ThreadItem[] | undefined = []

  /** The items as they are now; never changed afterwards. */
  items(): readonly ThreadItem[] {
    this.#copy ??= this.#items.slice()
    return this.#copy
  }

  get(id: string): ThreadItem | undefined {
    const place = this.#places.get(id)
    return place === undefined ? undefined : this.#items[place]
  }

  last(): ThreadItem | undefined {
    return this.#items.at(-1)
  }

  /** Does what the protocol's `applyEvent` does to a thread's items. */
  apply(event: ItemEvent): void {
    switch (event.type) {
      case 'thread.item.added':
      case 'thread.item.done':
      case 'thread.item.replaced':
        this.put(event.item)
        break
      case 'thread.item.removed':
        this.remove(event.item_id)
        break
      case 'thread.item.updated': {
        const place = this.#places.get(event.item_id)
        const item = place === undefined ? undefined : this.#items[place]
        if (place === undefined || !item) break
        this.#items[place] = applyItemUpdate(item, keepAnnotations(item, event.update))
        this.#copy = undefined
        break
      }
      default:
        event satisfies never
    }
  }

  /** Appends the item, or replaces the one with its id (or with the id `instead`) in its place. */
  put(item: ThreadItem, instead = item.id): void {
    const place = this.#places.get(instead) ?? this.#items.length
    this.#items[place] = item
    if (instead !== item.id) this.#places.delete(instead)
    this.#places.set(item.id, place)
    this.#copy = undefined
  }

  remove(id: string): void {
    if (this.#places.has(id)) this.reset(this.#items.filter((item) => item.id !== id))
  }

  reset(items: readonly ThreadItem[]): void {
    this.#items = [...items]
    this.#places = new Map(items.map((item, place) => [item.id, place]))
    this.#copy = undefined
  }

  /** Puts `items` behind the item `id`. */
  insertAfter(id: string, items: readonly ThreadItem[]): void {
    const place = this.#places.get(id)
    const cut = place === undefined ? this.#items.length : place + 1
    this.reset([...this.#items.slice(0, cut), ...items, ...this.#items.slice(cut)])
  }

  /** Drops everything behind the item `id` and gives it back. */
  dropAfter(id: string): ThreadItem[] {
    const place = this.#places.get(id)
    if (place === undefined) return []
    const dropped = this.#items.slice(place + 1)
    if (dropped.length > 0) this.reset(this.#items.slice(0, place + 1))
    return dropped
  }

  /** The last user message; with `before`, the last one in front of that item or that item itself. */
  lastUserMessage(before?: string): ThreadItem | undefined {
    const from = before === undefined ? undefined : this.#places.get(before)
    for (let place = from ?? this.#items.length - 1; place >= 0; place--) {
      const item = this.#items[place]
      if (item?.type === 'user_message') return item
    }
    return undefined
  }

  /** Whether a user message stands behind the item: then it belongs to an earlier turn. */
  isOfEarlierTurn(id: string): boolean {
    const last = this.lastUserMessage()
    return last !== undefined && (this.#places.get(id) ?? 0) < (this.#places.get(last.id) ?? 0)
  }
}

/**
 * OpenAI's server ends a part with an empty list of annotations after it has streamed them, and sends the full list with
 * the finished item: until then those that came stay.
 */
function keepAnnotations(item: ThreadItem, update: ThreadItemUpdate): ThreadItemUpdate {
  if (update.type !== 'assistant_message.content_part.done' || item.type !== 'assistant_message') return update
  const annotations = item.content[update.content_index]?.annotations
  if (!annotations?.length || update.content.annotations?.length) return update
  return { ...update, content: { ...update.content, annotations } }
}
