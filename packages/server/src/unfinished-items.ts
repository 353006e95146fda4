/**
 * Items of a run that were added and are not finished. Updates are only kept; an item is reduced when somebody asks,
 * at the run's end, so a token costs one push.
 */
import {
  type AssistantMessageItem,
  applyItemUpdate,
  type ThreadItem,
  type ThreadItemUpdate,
  type ThreadStreamEvent,
} from '@millrace/protocol'

interface Unfinished {
  item: ThreadItem
  updates: ThreadItemUpdate[]
}

export class UnfinishedItems {
  /** In the order they were added. */
  readonly #items = new Map<string, Unfinished>()
  /** Tokens come in long runs for one item, so the last one found is remembered. */
  #latest: { id: string; updates: ThreadItemUpdate[] } | undefined

  /** Takes note of an event that was appended. What is kept is a copy, but for text deltas, which nobody changes. */
  follow(event: ThreadStreamEvent): void {
    switch (event.type) {
      case 'thread.item.added':
        this.#items.set(event.item.id, { item: structuredClone(event.item), updates: [] })
        this.#latest = undefined
        return
      case 'thread.item.updated':
        this.#follow(event.item_id, event.update)
        return
      case 'thread.item.done':
      case 'thread.item.replaced':
        this.#forget(event.item.id)
        return
      case 'thread.item.removed':
        this.#forget(event.item_id)
        return
      default:
        return
    }
  }

  /** The unfinished items as they stand, in the order they were added. */
  current(): ThreadItem[] {
    return [...this.#items.values()].map(({ item, updates }) => updates.reduce(applyItemUpdate, item))
  }

  #follow(itemId: string, update: ThreadItemUpdate): void {
    if (this.#latest?.id !== itemId) {
      const found = this.#items.get(itemId)
      if (!found) return
      this.#latest = { id: itemId, updates: found.updates }
    }
    const isDelta = update.type === 'assistant_message.content_part.text_delta'
    this.#latest.updates.push(isDelta ? update : structuredClone(update))
  }

  #forget(itemId: string): void {
    this.#items.delete(itemId)
    if (this.#latest?.id === itemId) this.#latest = undefined
  }
}

/** Whether a stopped or failed item is worth keeping: an assistant message in which something can be read. */
export function hasVisibleText(item: ThreadItem): item is AssistantMessageItem {
  return item.type === 'assistant_message' && item.content.some((part) => part.text.trim() !== '')
}
