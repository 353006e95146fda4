/**
 * Requests that stream: each is checked here and comes to a plan — what to write for the user, what to show first,
 * which handler answers. Before it: `parseRequest`. After it: `runs.ts` opens the run, commits and produces.
 */
import {
  type Action,
  ChatKitError,
  type ClientToolCallItem,
  type StreamingReq,
  type StructuredInputItem,
  type ThreadItem,
  type ThreadMetadata,
  type ThreadStreamEvent,
  type UserMessageInput,
  type UserMessageItem,
  type WidgetItem,
} from '@millrace/protocol'
import type { ChatKitSettings } from './options.ts'
import { announced } from './record.ts'
import type { Store, StoreWrite } from './store/store.ts'
import { answerStructuredInput } from './structured-input.ts'

/** What a streaming request comes to. Nothing is written before the run is open. */
export interface TurnPlan {
  thread: ThreadMetadata
  /** The user's part, committed together. */
  writes: StoreWrite[]
  /** Shown before `stream_options`. */
  before: ThreadStreamEvent[]
  /** Recorded after it, before the handler's own events. */
  first: ThreadStreamEvent[]
  /** Which handler answers; `refused`: none, the client gets a lone error event. */
  handler: 'respond' | 'action' | 'refused'
  input?: UserMessageItem
  action?: Action
  sender?: WidgetItem
  /** Ids of the answer that this turn replaces, newest first. */
  givenUp: string[]
}

interface Planning<Context> {
  store: Store<Context>
  settings: ChatKitSettings<Context>
  context: Context
}

type Planner<R> = <Context>(request: R, planning: Planning<Context>) => Promise<TurnPlan>

type StreamingType = StreamingReq['type']

const PLANNERS: { [T in StreamingType]: Planner<Extract<StreamingReq, { type: T }>> } = {
  'threads.create': async ({ params }, planning) => {
    const thread: ThreadMetadata = {
      id: planning.settings.generateId('thread'),
      created_at: planning.settings.now().toISOString(),
      status: { type: 'active' },
      metadata: {},
    }
    const message = await userMessage(params.input, thread.id, planning)
    return {
      ...plan(thread),
      writes: [{ op: 'saveThread', thread }, ...message.writes],
      before: [
        { type: 'thread.created', thread: announced(thread) },
        { type: 'thread.item.done', item: message.item },
      ],
      input: message.item,
    }
  },

  'threads.add_user_message': async ({ params }, planning) => {
    const thread = await openThread(params.thread_id, planning)
    const message = await userMessage(params.input, thread.id, planning)
    return {
      ...plan(thread),
      writes: message.writes,
      before: [{ type: 'thread.item.done', item: message.item }],
      input: message.item,
    }
  },

  'threads.add_client_tool_output': async ({ params }, planning) => {
    const thread = await planning.store.loadThread(params.thread_id, planning.context)
    const [call, ...older] = await pendingToolCalls(thread.id, planning)
    if (!call) {
      throw new ChatKitError('invalid_request', 'No client tool call is waiting for its output in this thread.')
    }
    const completed: ClientToolCallItem = { ...call, status: 'completed', output: params.result }
    return {
      ...plan(thread),
      writes: [
        { op: 'saveItem', threadId: thread.id, item: completed },
        ...older.map((item): StoreWrite => ({ op: 'deleteItem', threadId: thread.id, itemId: item.id })),
      ],
    }
  },

  'threads.add_structured_input': async ({ params }, planning) => {
    const thread = await openThread(params.thread_id, planning)
    const item = await planning.store.loadItem(thread.id, params.item_id, planning.context)
    if (item.type !== 'structured_input' || item.status !== 'pending') {
      throw new ChatKitError('invalid_request', 'This item is not waiting for an answer.', { param: 'params.item_id' })
    }
    const answered: StructuredInputItem = answerStructuredInput(item, params.input)
    return {
      ...plan(thread),
      first: [{ type: 'thread.item.replaced', item: answered }],
    }
  },

  'threads.retry_after_item': async ({ params }, planning) => {
    const thread = await openThread(params.thread_id, planning)
    const { message, later } = await itemsAfter(thread.id, params.item_id, planning)
    return { ...plan(thread), input: message, givenUp: later }
  },

  'threads.custom_action': async ({ params }, planning) => {
    const thread = await planning.store.loadThread(params.thread_id, planning.context)
    const action: Action = { ...params.action }
    if (!params.item_id) return { ...plan(thread), handler: 'action', action }
    const sender = await planning.store.loadItem(thread.id, params.item_id, planning.context)
    if (sender.type !== 'widget') return { ...plan(thread), handler: 'refused' }
    return { ...plan(thread), handler: 'action', action, sender }
  },
}

/**
 * Checks a streaming request against the store and says what it comes to. Reads only.
 * @throws ChatKitError `not_found`, `invalid_request`, `thread_locked`, `thread_closed`
 */
export function planTurn<Context>(request: StreamingReq, planning: Planning<Context>): Promise<TurnPlan> {
  return dispatch(request, planning)
}

function dispatch<T extends StreamingType, Context>(
  request: Extract<StreamingReq, { type: T }>,
  planning: Planning<Context>,
): Promise<TurnPlan> {
  const planner: Planner<Extract<StreamingReq, { type: T }>> = PLANNERS[request.type as T]
  return planner(request, planning)
}

function plan(thread: ThreadMetadata): TurnPlan {
  return { thread, writes: [], before: [], first: [], handler: 'respond', givenUp: [] }
}

/** A thread that takes what a user says. */
async function openThread<Context>(threadId: string, { store, context }: Planning<Context>): Promise<ThreadMetadata> {
  const thread = await store.loadThread(threadId, context)
  const status = thread.status
  if (status.type === 'locked') {
    throw new ChatKitError('thread_locked', status.reason ?? 'This thread is locked and takes no messages.')
  }
  if (status.type === 'closed') {
    throw new ChatKitError('thread_closed', status.reason ?? 'This thread is closed. Start a new one.')
  }
  return thread
}

async function userMessage<Context>(input: UserMessageInput, threadId: string, planning: Planning<Context>) {
  const { store, settings, context } = planning
  const attachments = await Promise.all(
    input.attachments.map(async (id) => ({ ...(await store.loadAttachment(id, context)), thread_id: threadId })),
  )
  const item: UserMessageItem = {
    id: settings.generateId('message'),
    thread_id: threadId,
    created_at: settings.now().toISOString(),
    type: 'user_message',
    content: input.content,
    attachments,
    inference_options: input.inference_options,
    ...(input.quoted_text === undefined ? {} : { quoted_text: input.quoted_text }),
  }
  const writes: StoreWrite[] = attachments.map((attachment) => ({ op: 'saveAttachment', attachment }))
  writes.push({ op: 'saveItem', threadId, item })
  return { item, writes }
}

/** Calls that wait for their output, newest first, wherever they stand in the thread. */
async function pendingToolCalls<Context>(threadId: string, { store, context }: Planning<Context>) {
  const pending: ClientToolCallItem[] = []
  let after: string | undefined
  do {
    const page = await store.listItems(threadId, pageOf(after), ['client_tool_call'], context)
    for (const item of page.data) {
      if (item.type === 'client_tool_call' && item.status === 'pending') pending.push(item)
    }
    after = page.has_more ? page.after : undefined
  } while (after)
  return pending
}

/** The user message to answer again, and the ids of all that came after it, newest first. */
async function itemsAfter<Context>(threadId: string, itemId: string, { store, context }: Planning<Context>) {
  const message: ThreadItem = await store.loadItem(threadId, itemId, context)
  if (message.type !== 'user_message') {
    throw new ChatKitError('invalid_request', 'Only a user message can be answered again.', { param: 'params.item_id' })
  }
  const later: string[] = []
  let after: string | undefined
  do {
    const page = await store.listItems(threadId, pageOf(after), undefined, context)
    for (const item of page.data) {
      if (item.id === itemId) return { message, later }
      later.push(item.id)
    }
    after = page.has_more ? page.after : undefined
  } while (after)
  return { message, later }
}

function pageOf(after: string | undefined) {
  return { limit: 200, order: 'desc' as const, ...(after === undefined ? {} : { after }) }
}
