/** The store as a retried turn sees it: the answer that is to be replaced is gone already, for this turn only. */
import { ChatKitError, type ThreadItem } from '@millrace/protocol'
import type { PageRequest, Store } from './store/store.ts'

/** `hidden` may shrink while the turn runs; an item that is no longer in it shows again. */
export function withoutItems<Context>(
  store: Store<Context>,
  threadId: string,
  hidden: ReadonlySet<string>,
): Store<Context> {
  const isHidden = (thread: string, item: string) => thread === threadId && hidden.has(item)
  return {
    loadThread: (id, context) => store.loadThread(id, context),
    saveThread: (thread, changed, context) => store.saveThread(thread, changed, context),
    listThreads: (page, context) => store.listThreads(page, context),
    deleteThread: (id, context) => store.deleteThread(id, context),
    loadItem: async (thread, item, context) => {
      if (isHidden(thread, item)) throw new ChatKitError('not_found', `No item ${item}.`)
      return store.loadItem(thread, item, context)
    },
    saveItem: (thread, item, context) => store.saveItem(thread, item, context),
    listItems: async (thread, page, types, context) => {
      if (thread !== threadId || hidden.size === 0) return store.listItems(thread, page, types, context)
      return listWithout(store, thread, hidden, page, types, context)
    },
    deleteItem: (thread, item, context) => store.deleteItem(thread, item, context),
    loadAttachment: (id, context) => store.loadAttachment(id, context),
    saveAttachment: (attachment, context) => store.saveAttachment(attachment, context),
    deleteAttachment: (id, context) => store.deleteAttachment(id, context),
    commit: (writes, context) => store.commit(writes, context),
    check: () => store.check(),
    close: () => store.close(),
  }
}

/** Reads on until the page is as full as it would be without the hidden items. */
async function listWithout<Context>(
  store: Store<Context>,
  threadId: string,
  hidden: ReadonlySet<string>,
  page: PageRequest,
  types: readonly ThreadItem['type'][] | undefined,
  context: Context,
) {
  const data: ThreadItem[] = []
  let request: PageRequest = page
  for (;;) {
    const rows = await store.listItems(threadId, request, types, context)
    for (const [index, item] of rows.data.entries()) {
      if (hidden.has(item.id)) continue
      data.push(item)
      if (data.length === page.limit) {
        const hasMore = rows.has_more || rows.data.slice(index + 1).some((later) => !hidden.has(later.id))
        return hasMore ? { data, has_more: true, after: item.id } : { data, has_more: false }
      }
    }
    if (!rows.has_more || rows.after === undefined) return { data, has_more: false }
    request = { ...page, after: rows.after }
  }
}
