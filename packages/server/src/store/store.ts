/** The durable home of threads, items and attachments. Every method takes the request's context last. */
import type { Attachment, Page, ThreadItem, ThreadMetadata } from '@millrace/protocol'

/** Rows in the asked order, starting behind the row whose id is `after`. */
export interface PageRequest {
  /** Rows at most, from 1. */
  limit: number
  /** Id of the last row already seen. Unknown: `not_found`. */
  after?: string
  order: 'asc' | 'desc'
}

/** A thread as it is stored: without its items. */
export type StoredThread = ThreadMetadata

/** One change among several that {@link Store.commit} makes together. */
export type StoreWrite =
  | { op: 'saveThread'; thread: StoredThread; changed?: readonly (keyof StoredThread)[] }
  | { op: 'saveItem'; threadId: string; item: ThreadItem }
  | { op: 'deleteItem'; threadId: string; itemId: string }
  | { op: 'saveAttachment'; attachment: Attachment }

/**
 * Rows keep the order of their first insertion, whatever their `created_at` says. What is loaded is a copy.
 * Another user's id is `not_found`, exactly as an unknown one; whose a row is follows from the context.
 * A store throws `ChatKitError` with code `not_found` or `unavailable`, and nothing else.
 */
export interface Store<Context = unknown> {
  loadThread(threadId: string, context: Context): Promise<StoredThread>
  /**
   * Inserts or replaces. With `changed` only these fields of an existing thread are written, so that a rename during a
   * run stays; a thread that is gone by then stays gone (`not_found`).
   */
  saveThread(
    thread: StoredThread,
    changed: readonly (keyof StoredThread)[] | undefined,
    context: Context,
  ): Promise<void>
  listThreads(page: PageRequest, context: Context): Promise<Page<StoredThread>>
  /** Takes the thread's items and attachments along. Something absent is deleted already. */
  deleteThread(threadId: string, context: Context): Promise<void>
  loadItem(threadId: string, itemId: string, context: Context): Promise<ThreadItem>
  /** Inserts, or replaces in place. `not_found` once the thread is gone. */
  saveItem(threadId: string, item: ThreadItem, context: Context): Promise<void>
  /** Items of an unknown thread are an empty page. With `types` only those; the cursor stays valid. */
  listItems(
    threadId: string,
    page: PageRequest,
    types: readonly ThreadItem['type'][] | undefined,
    context: Context,
  ): Promise<Page<ThreadItem>>
  deleteItem(threadId: string, itemId: string, context: Context): Promise<void>
  loadAttachment(attachmentId: string, context: Context): Promise<Attachment>
  saveAttachment(attachment: Attachment, context: Context): Promise<void>
  deleteAttachment(attachmentId: string, context: Context): Promise<void>
  /** Makes all of the writes, in order, or none. */
  commit(writes: readonly StoreWrite[], context: Context): Promise<void>
  /** Throws what is wrong with the store. */
  check(): Promise<void>
  close(): Promise<void>
}
