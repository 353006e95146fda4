/** Requests that answer JSON: a table of functions from a request to a body. */
import {
  ChatKitError,
  isHiddenItem,
  type NonStreamingReq,
  type Page,
  type ThreadItem,
  toWireAttachment,
  toWireItem,
  toWirePage,
  toWireThread,
  type WidgetItem,
} from '@millrace/protocol'
import { decodeBase64 } from './base64.ts'
import type { ChatKitSettings } from './options.ts'
import type { Store } from './store/store.ts'

/** Page size where the request names none; `threads.get_by_id` always takes it. */
const DEFAULT_PAGE_SIZE = 20
/** The closed element asks for 9,999 threads at once. */
const MAX_THREADS = 10_000
const MAX_ITEMS = 1000

interface Querying<Context> {
  store: Store<Context>
  settings: ChatKitSettings<Context>
  context: Context
  /** Stops what runs in a thread and forgets its runs. */
  endRuns(threadId: string): Promise<{ forget(): Promise<void> }>
}

type Query<R> = <Context>(request: R, querying: Querying<Context>) => Promise<unknown>
type QueryType = NonStreamingReq['type']

const QUERIES: { [T in QueryType]: Query<Extract<NonStreamingReq, { type: T }>> } = {
  'threads.get_by_id': async ({ params }, { store, context }) => {
    const thread = await store.loadThread(params.thread_id, context)
    const page = await store.listItems(thread.id, { limit: DEFAULT_PAGE_SIZE, order: 'asc' }, undefined, context)
    return toWireThread(thread, withoutHidden(page))
  },

  'threads.list': async ({ params }, { store, context }) => {
    const page = await store.listThreads(pageRequest(params, MAX_THREADS), context)
    return toWirePage(page, (thread) => toWireThread(thread))
  },

  'threads.update': async ({ params }, { store, context }) => {
    const thread = { ...(await store.loadThread(params.thread_id, context)), title: params.title }
    await store.saveThread(thread, ['title'], context)
    return toWireThread(thread)
  },

  'threads.delete': async ({ params }, querying) => {
    const { store, settings, context, endRuns } = querying
    const runs = await endRuns(params.thread_id)
    const files = settings.attachments ? await attachmentsIn(params.thread_id, querying) : []
    await store.deleteThread(params.thread_id, context)
    await runs.forget()
    for (const id of files) await settings.attachments?.delete(id, context)
    return {}
  },

  'threads.sync_custom_action': async ({ params }, { store, settings, context }) => {
    const thread = await store.loadThread(params.thread_id, context)
    const sender = params.item_id ? await loadSender(store, thread.id, params.item_id, context) : undefined
    if (!settings.syncAction) throw notImplemented('syncAction', 'threads.sync_custom_action')
    const action = { ...params.action }
    const { updated_item: updated } = await settings.syncAction({
      thread,
      action,
      context,
      ...(sender ? { sender } : {}),
    })
    return updated && !isHiddenItem(updated) ? { updated_item: toWireItem(updated) } : {}
  },

  'items.list': async ({ params }, { store, context }) => {
    const page = await store.listItems(params.thread_id, pageRequest(params, MAX_ITEMS), undefined, context)
    return toWirePage(withoutHidden(page), (item) => toWireItem(item))
  },

  'items.feedback': async ({ params }, { settings, context }) => {
    await settings.addFeedback?.(params, context)
    return {}
  },

  'attachments.create': async ({ params }, { store, settings, context }) => {
    const attachments = attachmentStore(settings)
    const attachment = await attachments.create(params, settings.generateId('attachment'), context)
    await store.saveAttachment(attachment, context)
    return toWireAttachment(attachment)
  },

  'attachments.delete': async ({ params }, { store, settings, context }) => {
    await attachmentStore(settings).delete(params.attachment_id, context)
    await store.deleteAttachment(params.attachment_id, context)
    return {}
  },

  'input.transcribe': async ({ params }, { settings, context }) => {
    if (!settings.transcribe) throw notImplemented('transcribe', 'input.transcribe')
    const [mediaType = ''] = params.mime_type.split(';')
    const audio = {
      data: decodeBase64(params.audio_base64, 'params.audio_base64'),
      mimeType: params.mime_type,
      mediaType,
    }
    return settings.transcribe(audio, context)
  },
}

/**
 * Answers a JSON request.
 * @throws ChatKitError `not_found`, `invalid_request`, `not_implemented`, `not_configured`, `unavailable`
 */
export function answerQuery<Context>(request: NonStreamingReq, querying: Querying<Context>): Promise<unknown> {
  return dispatch(request, querying)
}

function dispatch<T extends QueryType, Context>(
  request: Extract<NonStreamingReq, { type: T }>,
  querying: Querying<Context>,
): Promise<unknown> {
  const query: Query<Extract<NonStreamingReq, { type: T }>> = QUERIES[request.type as T]
  return query(request, querying)
}

function pageRequest(
  params: { limit?: number | undefined; after?: string | undefined; order?: 'asc' | 'desc' | undefined },
  max: number,
) {
  const limit = Math.min(params.limit || DEFAULT_PAGE_SIZE, max)
  return {
    limit,
    order: params.order ?? ('desc' as const),
    ...(params.after === undefined ? {} : { after: params.after }),
  }
}

/** Hidden items count in a page and are taken out of it afterwards, as in the reference: a page may come out short. */
function withoutHidden(page: Page<ThreadItem>): Page<ThreadItem> {
  return { ...page, data: page.data.filter((item) => !isHiddenItem(item)) }
}

/** Ids of the attachments of a thread's messages: their rows go with the thread, their bytes lie elsewhere. */
async function attachmentsIn<Context>(threadId: string, { store, context }: Querying<Context>): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await store.listItems(
      threadId,
      { limit: MAX_ITEMS, order: 'asc', ...(after ? { after } : {}) },
      ['user_message'],
      context,
    )
    for (const item of page.data) if (item.type === 'user_message') ids.push(...item.attachments.map(({ id }) => id))
    after = page.has_more ? page.after : undefined
  } while (after)
  return ids
}

async function loadSender<Context>(
  store: Store<Context>,
  threadId: string,
  itemId: string,
  context: Context,
): Promise<WidgetItem> {
  const item = await store.loadItem(threadId, itemId, context)
  if (item.type === 'widget') return item
  throw new ChatKitError('invalid_request', 'An action comes from a widget; this item is none.', {
    param: 'params.item_id',
  })
}

function attachmentStore<Context>(settings: ChatKitSettings<Context>) {
  if (settings.attachments) return settings.attachments
  throw new ChatKitError('not_configured', 'This server takes no attachments. Give ChatKitServer an attachment store.')
}

function notImplemented(option: string, request: string): ChatKitError {
  return new ChatKitError(
    'not_implemented',
    `This server does not answer ${request}. Give ChatKitServer \`${option}\`.`,
  )
}
