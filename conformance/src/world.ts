/** What one case runs in: a store that remembers its writes and can fail, a clock that stands still, counted ids. */
import {
  ChatKitError,
  CustomStreamError,
  ID_PREFIXES,
  type IdKind,
  normalizeWidget,
  StreamError,
  type ThreadItem,
  type ThreadMetadata,
  type WidgetRoot,
} from '@millrace/protocol'
import { AttachmentSchema, ThreadItemSchema, ThreadMetadataSchema } from '@millrace/protocol/schemas'
import { MemoryStore, type Store, type StoreWrite } from '@millrace/server'
import type { Json, Raise, Setup, StoreFailure, StoreState, Write } from './case.ts'

/** Every "now" of the recorded cases. */
const START = Date.UTC(2026, 0, 1, 12)

export class World {
  readonly #counts = new Map<string, number>()
  #nowMs = START

  now(): Date {
    return new Date(this.#nowMs)
  }

  advance(seconds: number): void {
    this.#nowMs += seconds * 1000
  }

  /** `<prefix>_<n>`, counted from 1 per prefix; runs are ours and do not count. */
  id(kind: IdKind): string {
    const prefix = ID_PREFIXES[kind]
    const count = (this.#counts.get(prefix) ?? 0) + 1
    this.#counts.set(prefix, count)
    return `${prefix}_${count}`
  }
}

/** The exception that a script names. */
export function raised({ type, message, allow_retry: allowRetry }: Raise): Error {
  const retry = allowRetry === undefined || allowRetry === null ? {} : { allowRetry }
  if (type === 'CustomStreamError') return new CustomStreamError(message ?? '', retry)
  if (type === 'StreamError') return new StreamError(message, retry)
  if (type === 'NotFoundError') return new ChatKitError('not_found', message ?? 'Not found.')
  return new Error(message ?? 'scripted failure')
}

export interface RecordingStore {
  store: Store<unknown>
  /** Write calls in order; a commit counts as its parts. */
  writes: Write[]
  snapshot(): Promise<StoreState>
}

const MEMORY_PAGE = { limit: 10_000, order: 'asc' } as const

/** The memory store with a case's set-up in it, watched. Items show in the order of their first insertion. */
export async function recordingStore(setup: Setup): Promise<RecordingStore> {
  const inner = new MemoryStore<unknown>({ owner: () => 'local' })
  const order: { threadId: string; itemId: string }[] = []
  const attachments: string[] = []
  const writes: Write[] = []
  const failures: StoreFailure[] = []

  const sawItem = (threadId: string, itemId: string) => {
    if (!order.some((row) => row.threadId === threadId && row.itemId === itemId)) order.push({ threadId, itemId })
  }
  const sawAttachment = (id: string) => {
    if (!attachments.includes(id)) attachments.push(id)
  }
  const forgetItem = (threadId: string, itemId: string) => {
    const at = order.findIndex((row) => row.threadId === threadId && row.itemId === itemId)
    if (at >= 0) order.splice(at, 1)
  }
  const noted = (op: string, id: string, type?: string) => {
    // Which of the reference's two operations a saved item is: one that is there already is saved, another one added.
    const theirs = op === 'save_item' && !order.some((row) => row.itemId === id) ? 'add_thread_item' : op
    const fails = failures.some((rule) => rule.op === theirs && (rule.id ?? id) === id && (rule.type ?? type) === type)
    writes.push({ op: fails ? `FAILED ${op}` : op, id })
    if (fails) throw new Error('The store fails, as the case asks.')
  }
  const noteWrite = (write: StoreWrite) => {
    switch (write.op) {
      case 'saveThread':
        return noted('save_thread', write.thread.id)
      case 'saveItem':
        noted('save_item', write.item.id, write.item.type)
        return sawItem(write.threadId, write.item.id)
      case 'deleteItem':
        noted('delete_thread_item', write.itemId)
        return forgetItem(write.threadId, write.itemId)
      case 'saveAttachment':
        noted('save_attachment', write.attachment.id)
        return sawAttachment(write.attachment.id)
      default:
        return write satisfies never
    }
  }
  const store: Store<unknown> = {
    loadThread: (id, context) => inner.loadThread(id, context),
    saveThread: async (thread, changed, context) => {
      noteWrite({ op: 'saveThread', thread })
      await inner.saveThread(thread, changed, context)
    },
    listThreads: (page, context) => inner.listThreads(page, context),
    deleteThread: async (id, context) => {
      noted('delete_thread', id)
      await inner.deleteThread(id, context)
    },
    loadItem: (threadId, id, context) => inner.loadItem(threadId, id, context),
    saveItem: async (threadId, item, context) => {
      noteWrite({ op: 'saveItem', threadId, item })
      await inner.saveItem(threadId, item, context)
    },
    listItems: (threadId, page, types, context) => inner.listItems(threadId, page, types, context),
    deleteItem: async (threadId, itemId, context) => {
      noteWrite({ op: 'deleteItem', threadId, itemId })
      await inner.deleteItem(threadId, itemId, context)
    },
    loadAttachment: (id, context) => inner.loadAttachment(id, context),
    saveAttachment: async (attachment, context) => {
      noteWrite({ op: 'saveAttachment', attachment })
      await inner.saveAttachment(attachment, context)
    },
    deleteAttachment: async (id, context) => {
      noted('delete_attachment', id)
      await inner.deleteAttachment(id, context)
    },
    commit: async (all, context) => {
      for (const write of all) noteWrite(write)
      await inner.commit(all, context)
    },
    check: () => inner.check(),
    close: () => inner.close(),
  }

  for (const thread of setup.threads) await store.saveThread(ThreadMetadataSchema.parse(thread), undefined, null)
  for (const row of setup.items) {
    const item = ThreadItemSchema.parse(row)
    // A widget as it was given: parsing adds defaults to what was set, which the model would be told.
    const stored = item.type === 'widget' ? { ...item, widget: row.widget as WidgetRoot } : item
    await store.saveItem(item.thread_id, stored, null)
  }
  const elsewhere = new Set<string>()
  for (const row of setup.attachments ?? []) {
    const attachment = AttachmentSchema.parse(row)
    const { thread_id: threadId } = attachment
    if (threadId && !setup.threads.some(({ id }) => id === threadId)) {
      elsewhere.add(threadId)
      await inner.saveThread(emptyThread(threadId), undefined, null)
    }
    await store.saveAttachment(attachment, null)
  }
  writes.length = 0
  failures.push(...(setup.store_fails ?? []))

  const snapshot = async (): Promise<StoreState> => {
    const threads = await inner.listThreads(MEMORY_PAGE, null)
    const items = await existing(order, (row) => inner.loadItem(row.threadId, row.itemId, null))
    // A store of the reference writes widgets by their serializer, which drops nulls in lists, too.
    const written = items.map((item) =>
      item.type === 'widget' ? { ...item, widget: normalizeWidget(item.widget) } : item,
    )
    const files = await existing(attachments, (id) => inner.loadAttachment(id, null))
    return {
      threads: threads.data.filter(({ id }) => !elsewhere.has(id)).map((thread) => ({ ...thread })),
      items: written.map((item: ThreadItem): Json => ({ ...item })),
      ...(files.length > 0 ? { attachments: files.map((file): Json => ({ ...file })) } : {}),
    }
  }
  return { store, writes, snapshot }
}

/** Stands in for a thread that a case mentions without having it in its set-up. */
function emptyThread(id: string): ThreadMetadata {
  return { id, created_at: new Date(START).toISOString(), status: { type: 'active' }, metadata: {} }
}

/** The reference's `add_thread_item` and `save_item` are both our `saveItem`. */
export function sameOp(op: string): string {
  return op.replace('add_thread_item', 'save_item')
}

async function existing<Row, Found>(rows: readonly Row[], load: (row: Row) => Promise<Found>): Promise<Found[]> {
  const found: Found[] = []
  for (const row of rows) {
    try {
      found.push(await load(row))
    } catch (error) {
      if (!(error instanceof ChatKitError && error.code === 'not_found')) throw error
    }
  }
  return found
}
