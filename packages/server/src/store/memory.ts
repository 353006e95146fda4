/** A store in memory: for trying things out and for tests. It lives as long as its process. */
import type { Attachment, Page, ThreadItem } from '@millrace/protocol'
import { withChanged } from './changed-fields.ts'
import { OrderedRows, type Row } from './ordered-rows.ts'
import { ownerOf } from './owner.ts'
import { toPage } from './page.ts'
import { notFound } from './refusals.ts'
import type { PageRequest, Store, StoredThread, StoreWrite } from './store.ts'

interface ThreadRow extends Row {
  readonly owner: string
  readonly items: Map<string, ItemRow>
  readonly ordered: OrderedRows<ItemRow>
  /** The same rows by type: looking for a rare one does not walk through a long thread. */
  readonly byType: Map<string, OrderedRows<ItemRow>>
}

interface ItemRow extends Row {
  type: ThreadItem['type']
}

interface AttachmentRow {
  readonly owner: string
  threadId: string | undefined
  json: string
}

export interface MemoryStoreOptions<Context> {
  /** Whose rows a request may see and makes. Default: the context's `userId`, else `local`. */
  owner?: (context: Context) => string
}

export class MemoryStore<Context = unknown> implements Store<Context> {
  readonly #owner: (context: Context) => string
  readonly #threads = new Map<string, ThreadRow>()
  readonly #threadsByOwner = new Map<string, OrderedRows<ThreadRow>>()
  readonly #attachments = new Map<string, AttachmentRow>()
  #lastPosition = 0

  constructor({ owner = ownerOf }: MemoryStoreOptions<Context> = {}) {
    this.#owner = owner
  }

  async loadThread(threadId: string, context: Context): Promise<StoredThread> {
    return JSON.parse(this.#thread(threadId, context).json) as StoredThread
  }

  async saveThread(
    thread: StoredThread,
    changed: readonly (keyof StoredThread)[] | undefined,
    context: Context,
  ): Promise<void> {
    this.#saveThread(thread, changed, context)
  }

  async listThreads(page: PageRequest, context: Context): Promise<Page<StoredThread>> {
    const position = page.after === undefined ? undefined : this.#cursor(page.after, this.#find(page.after, context))
    const rows = this.#threadsByOwner.get(this.#owner(context))?.slice(page.order, position, page.limit + 1) ?? []
    return toPage(
      rows.map(({ json }) => JSON.parse(json) as StoredThread),
      page.limit,
    )
  }

  async deleteThread(threadId: string, context: Context): Promise<void> {
    const thread = this.#find(threadId, context)
    if (!thread) return
    this.#threads.delete(threadId)
    this.#threadsByOwner.get(thread.owner)?.delete(thread)
    for (const [id, attachment] of this.#attachments) {
      if (attachment.threadId === threadId) this.#attachments.delete(id)
    }
  }

  async loadItem(threadId: string, itemId: string, context: Context): Promise<ThreadItem> {
    const row = this.#find(threadId, context)?.items.get(itemId)
    if (!row) throw notFound('item', itemId)
    return JSON.parse(row.json) as ThreadItem
  }

  async saveItem(threadId: string, item: ThreadItem, context: Context): Promise<void> {
    this.#saveItem(threadId, item, context)
  }

  async listItems(
    threadId: string,
    page: PageRequest,
    types: readonly ThreadItem['type'][] | undefined,
    context: Context,
  ): Promise<Page<ThreadItem>> {
    const thread = this.#find(threadId, context)
    const position = page.after === undefined ? undefined : this.#cursor(page.after, thread?.items.get(page.after))
    if (!thread) return { data: [], has_more: false }
    const direction = page.order === 'asc' ? 1 : -1
    const lists = types ? [...new Set(types)].map((type) => thread.byType.get(type)) : [thread.ordered]
    const rows = lists
      .flatMap((list) => list?.slice(page.order, position, page.limit + 1) ?? [])
      .sort((a, b) => direction * (a.position - b.position))
      .slice(0, page.limit + 1)
    return toPage(
      rows.map(({ json }) => JSON.parse(json) as ThreadItem),
      page.limit,
    )
  }

  async deleteItem(threadId: string, itemId: string, context: Context): Promise<void> {
    this.#deleteItem(threadId, itemId, context)
  }

  async loadAttachment(attachmentId: string, context: Context): Promise<Attachment> {
    const row = this.#attachments.get(attachmentId)
    if (row?.owner !== this.#owner(context)) throw notFound('attachment', attachmentId)
    return JSON.parse(row.json) as Attachment
  }

  async saveAttachment(attachment: Attachment, context: Context): Promise<void> {
    this.#saveAttachment(attachment, context)
  }

  async deleteAttachment(attachmentId: string, context: Context): Promise<void> {
    if (this.#attachments.get(attachmentId)?.owner === this.#owner(context)) this.#attachments.delete(attachmentId)
  }

  async commit(writes: readonly StoreWrite[], context: Context): Promise<void> {
    const undo: (() => void)[] = []
    try {
      for (const write of writes) undo.push(this.#write(write, context))
    } catch (error) {
      for (const step of undo.reverse()) step()
      throw error
    }
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}

  /** Each write returns what takes it back. */
  #write(write: StoreWrite, context: Context): () => void {
    switch (write.op) {
      case 'saveThread':
        return this.#saveThread(write.thread, write.changed, context)
      case 'saveItem':
        return this.#saveItem(write.threadId, write.item, context)
      case 'deleteItem':
        return this.#deleteItem(write.threadId, write.itemId, context)
      case 'saveAttachment':
        return this.#saveAttachment(write.attachment, context)
      default:
        return write satisfies never
    }
  }

  #find(threadId: string, context: Context): ThreadRow | undefined {
    const row = this.#threads.get(threadId)
    return row?.owner === this.#owner(context) ? row : undefined
  }

  #thread(threadId: string, context: Context): ThreadRow {
    const row = this.#find(threadId, context)
    if (!row) throw notFound('thread', threadId)
    return row
  }

  #cursor(id: string, row: Row | undefined): number {
    if (!row) throw notFound('cursor', id)
    return row.position
  }

  #saveThread(
    thread: StoredThread,
    changed: readonly (keyof StoredThread)[] | undefined,
    context: Context,
  ): () => void {
    const { id } = thread
    if (!changed && !this.#threads.has(id)) return this.#addThread(thread, this.#owner(context))
    const row = this.#thread(id, context)
    const before = row.json
    row.json = JSON.stringify(changed ? withChanged(JSON.parse(before) as StoredThread, thread, changed) : thread)
    return () => {
      row.json = before
    }
  }

  #addThread(thread: StoredThread, owner: string): () => void {
    const row: ThreadRow = {
      id: thread.id,
      position: ++this.#lastPosition,
      owner,
      json: JSON.stringify(thread),
      items: new Map(),
      ordered: new OrderedRows(),
      byType: new Map(),
    }
    this.#threads.set(row.id, row)
    listOf(this.#threadsByOwner, owner).insert(row)
    return () => {
      this.#threads.delete(row.id)
      this.#threadsByOwner.get(owner)?.delete(row)
    }
  }

  #saveItem(threadId: string, item: ThreadItem, context: Context): () => void {
    const thread = this.#thread(threadId, context)
    const before = thread.items.get(item.id)
    const position = before?.position ?? ++this.#lastPosition
    const row: ItemRow = { id: item.id, position, type: item.type, json: JSON.stringify(item) }
    replaceItem(thread, before, row)
    return () => replaceItem(thread, row, before)
  }

  #deleteItem(threadId: string, itemId: string, context: Context): () => void {
    const thread = this.#find(threadId, context)
    const row = thread?.items.get(itemId)
    if (!thread || !row) return () => {}
    replaceItem(thread, row, undefined)
    return () => replaceItem(thread, undefined, row)
  }

  #saveAttachment(attachment: Attachment, context: Context): () => void {
    const { id, thread_id: threadId } = attachment
    const owner = this.#owner(context)
    const before = this.#attachments.get(id)
    if (before && before.owner !== owner) throw notFound('attachment', id)
    if (threadId !== undefined) this.#thread(threadId, context)
    this.#attachments.set(id, { owner, threadId, json: JSON.stringify(attachment) })
    return () => {
      if (before) this.#attachments.set(id, before)
      else this.#attachments.delete(id)
    }
  }
}

function replaceItem(thread: ThreadRow, before: ItemRow | undefined, after: ItemRow | undefined): void {
  if (before) {
    thread.items.delete(before.id)
    thread.ordered.delete(before)
    thread.byType.get(before.type)?.delete(before)
  }
  if (after) {
    thread.items.set(after.id, after)
    thread.ordered.insert(after)
    listOf(thread.byType, after.type).insert(after)
  }
}

function listOf<R extends Row>(lists: Map<string, OrderedRows<R>>, name: string): OrderedRows<R> {
  let list = lists.get(name)
  if (!list) {
    list = new OrderedRows()
    lists.set(name, list)
  }
  return list
}
