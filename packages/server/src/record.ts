/**
 * What events mean for the store. An item is saved before the event that announces it is appended to the run log;
 * hidden items are saved and never appended; thread changes are saved and announced after the event in hand.
 */
import {
  encodeEvent,
  isHiddenItem,
  type Thread,
  type ThreadItem,
  type ThreadItemUpdatedEvent,
  type ThreadMetadata,
  type ThreadStreamEvent,
} from '@millrace/protocol'
import type { RunWriter } from './log/run-log.ts'
import type { Store, StoreWrite } from './store/store.ts'
import type { TurnThread } from './turn-thread.ts'
import { UnfinishedItems } from './unfinished-items.ts'

export interface RecordingOptions<Context> {
  store: Store<Context>
  context: Context
  writer: RunWriter
  thread: TurnThread
  threadId: string
  /** Items of the answer that a retry replaces, newest first; emptied when they have left the store. */
  givenUp: Set<string>
}

export class Recording<Context> {
  readonly #options: RecordingOptions<Context>
  readonly #unfinished = new UnfinishedItems()

  constructor(options: RecordingOptions<Context>) {
    this.#options = options
  }

  /** Appends an update of an item. Synchronous: nothing is stored before the item is done. */
  update(event: ThreadItemUpdatedEvent): void {
    this.#unfinished.follow(event)
    const isToken = event.update.type === 'assistant_message.content_part.text_delta'
    this.#options.writer.append(encodeEvent(event), isToken ? 'token' : undefined)
  }

  /** Stores what any other event asks for, then appends it. */
  async record(event: ThreadStreamEvent): Promise<void> {
    switch (event.type) {
      case 'thread.item.updated':
        this.update(event)
        return
      case 'thread.item.done':
      case 'thread.item.replaced':
        await this.save(event.item)
        break
      case 'thread.item.removed':
        await this.#options.store.deleteItem(this.#options.threadId, event.item_id, this.#options.context)
        break
      default:
        break
    }
    this.#unfinished.follow(event)
    if ('item' in event && isHiddenItem(event.item)) return
    this.append(event)
  }

  /** Saves an item of this run. The first one takes the given-up answer of a retry away in the same commit. */
  async save(item: ThreadItem): Promise<void> {
    const { store, threadId, context, givenUp } = this.#options
    if (givenUp.size === 0) {
      await store.saveItem(threadId, item, context)
      return
    }
    await this.#dropGivenUp([{ op: 'saveItem', threadId, item }])
  }

  /** Takes the given-up answer away where the new run ended well without an item. */
  async settleRetry(): Promise<void> {
    if (this.#options.givenUp.size > 0) await this.#dropGivenUp([])
  }

  append(event: ThreadStreamEvent, kind?: 'ours'): void {
    this.#options.writer.append(encodeEvent(event), kind)
  }

  /** Saves the fields of the thread that changed and announces them. */
  async saveThread(): Promise<void> {
    const { store, thread, context } = this.#options
    const changes = thread.changes()
    if (!changes) return
    await store.saveThread(changes.thread, changes.changed, context)
    thread.saved(changes.thread, changes.changed)
    this.append({ type: 'thread.updated', thread: announced(changes.thread) })
  }

  /** Items that were added and not finished, as they stand. */
  unfinished(): ThreadItem[] {
    return this.#unfinished.current()
  }

  async #dropGivenUp(alongWith: StoreWrite[]): Promise<void> {
    const { store, threadId, context, givenUp } = this.#options
    const dropped = [...givenUp]
    const deletions = dropped.map((itemId): StoreWrite => ({ op: 'deleteItem', threadId, itemId }))
    await store.commit([...deletions, ...alongWith], context)
    givenUp.clear()
    for (const itemId of dropped) this.append({ type: 'thread.item.removed', item_id: itemId }, 'ours')
  }
}

/** A thread as events show it: with an empty page of items, which does not mean that there are none. */
export function announced(thread: ThreadMetadata): Thread {
  return { ...thread, items: { data: [], has_more: false } }
}
