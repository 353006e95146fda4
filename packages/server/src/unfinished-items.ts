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

type TextDelta = Extract<ThreadItemUpdate, { type: 'assistant_message.content_part.text_delta' }>

/** Deltas of one part in a row: only their strings are kept, so that the events themselves are garbage at once. */
interface Text {
  contentIndex: number
  /** What was joined already: a string of its own for each token is ten times its size. */
  blocks: string[]
  deltas: string[]
}

/** Deltas that are joined to a block. */
const BLOCK = 128

interface Unfinished {
  item: ThreadItem
  changes: (ThreadItemUpdate | Text)[]
  /** The last of the changes, while it is text. */
  text: Text | undefined
}

export class UnfinishedItems {
  /** In the order they were added. */
  readonly #items = new Map<string, Unfinished>()
  /** Tokens come in long runs for one item, so the last one found is remembered. */
  #latest: { id: string; unfinished: Unfinished } | undefined

  /** Takes note of an event that was appended. What is kept is a copy, but for text deltas, which nobody changes. */
  follow(event: ThreadStreamEvent): void {
    switch (event.type) {
      case 'thread.item.added':
        this.#items.set(event.item.id, { item: structuredClone(event.item), changes: [], text: undefined })
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
    return [...this.#items.values()].map(({ item, changes }) => changes.map(asUpdate).reduce(applyItemUpdate, item))
  }

  #follow(itemId: string, update: ThreadItemUpdate): void {
    if (this.#latest?.id !== itemId) {
      const unfinished = this.#items.get(itemId)
      if (!unfinished) return
      this.#latest = { id: itemId, unfinished }
    }
    const { unfinished } = this.#latest
    if (update.type === 'assistant_message.content_part.text_delta') {
      addText(unfinished, update)
      return
    }
    unfinished.changes.push(structuredClone(update))
    unfinished.text = undefined
  }

  #forget(itemId: string): void {
    this.#items.delete(itemId)
    if (this.#latest?.id === itemId) this.#latest = undefined
  }
}

function addText(unfinished: Unfinished, { content_index: contentIndex, delta }: TextDelta): void {
  const { text } = unfinished
  if (text?.contentIndex === contentIndex) {
    if (text.deltas.push(delta) < BLOCK) return
    text.blocks.push(text.deltas.join(''))
    text.deltas.length = 0
    return
  }
  unfinished.text = { contentIndex, blocks: [], deltas: [delta] }
  unfinished.changes.push(unfinished.text)
}

function asUpdate(change: ThreadItemUpdate | Text): ThreadItemUpdate {
  if ('type' in change) return change
  const { contentIndex, blocks, deltas } = change
  const delta = [...blocks, ...deltas].join('')
  return { type: 'assistant_message.content_part.text_delta', content_index: contentIndex, delta }
}

/** Whether a stopped or failed item is worth keeping: an assistant message in which something can be read. */
export function hasVisibleText(item: ThreadItem): item is AssistantMessageItem {
  return item.type === 'assistant_message' && item.content.some((part) => part.text.trim() !== '')
}
