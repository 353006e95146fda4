/** Puts a conversation together: what its parts share, what they tell each other, and the verbs that need one part only. */
import { ChatKitError, newId, type StructuredInputItem, type ThreadItem } from '@millrace/protocol'
import { browserNetwork } from './backoff.ts'
import { BatchedObservable } from './batched-observable.ts'
import type { Conversation, ConversationOptions } from './conversation.ts'
import type { ConversationEvent, ConversationState } from './conversation-state.ts'
import type { Core } from './core.ts'
import { isItem } from './guards.ts'
import { isObject } from './http-errors.ts'
import { serverId } from './item-ids.ts'
import { joinTabs } from './tabs.ts'
import { ThreadList } from './thread-list.ts'
import { ThreadLoading } from './thread-loading.ts'
import { Transcript } from './transcript.ts'
import { Turns } from './turns.ts'
import { toBase64, upload } from './uploads.ts'
import { UserMessages } from './user-messages.ts'

const EMPTY: ConversationState = {
  threadId: null,
  thread: null,
  items: [],
  hasOlder: false,
  isLoading: false,
  isResponding: false,
  canStop: false,
  isWaiting: false,
  progress: null,
  error: null,
  notices: [],
  pendingInput: null,
  imageProgress: {},
  feedback: {},
  threads: [],
  hasMoreThreads: false,
  isLoadingThreads: false,
  connection: 'online',
}

/** How long a tab waits for another one to answer a client tool call before it looks itself. */
const OPEN_CALL_MS = 1000
/** A tab looks for news at most this often when it is looked at again. */
const LOOK_EVERY_MS = 5000

/**
 * A conversation over a transport.
 *
 * @example
 * const conversation = createConversation({ transport: resuming(httpTransport({ url: '/chatkit' })) })
 * conversation.subscribe(() => render(conversation.getSnapshot()))
 * await conversation.send({ content: [{ type: 'input_text', text: 'Hi' }] })
 */
export function createConversation(options: ConversationOptions): Conversation {
  const { transport, uploads, clientToolTimeoutMs = 60_000, pageSize = 50, channel = 'millrace' } = options
  const { now = () => new Date(), generateId = () => newId('message') } = options
  const listeners = new Set<(notice: ConversationEvent) => void>()
  const transcript = new Transcript()
  const state = new BatchedObservable<ConversationState>(EMPTY, () => {
    const items = transcript.items()
    return { items, pendingInput: openQuestions(items) }
  })
  let shownThread: string | null = null
  let openCallTimer: ReturnType<typeof setTimeout> | undefined
  let lookedAt = 0

  const core: Core = {
    transport,
    state,
    transcript,
    emit,
    newId: generateId,
    now,
    showThread(threadId) {
      state.set({ threadId })
      if (threadId === shownThread) return
      shownThread = threadId
      emit({ type: 'thread.change', threadId })
    },
  }
  const turns = new Turns(core, {
    clientToolTimeoutMs,
    onRun: announce,
    onConflict: () => inBackground(loading.sync({ keepsError: true })),
    onForgotten: () => inBackground(loading.sync()),
    onOpenCall() {
      clearTimeout(openCallTimer)
      openCallTimer = setTimeout(() => inBackground(loading.sync()), OPEN_CALL_MS)
    },
  })
  const loading = new ThreadLoading(core, turns, pageSize)
  const list = new ThreadList(core, loading)
  const messages = new UserMessages(core, turns, loading)
  const tabs = joinTabs(
    channel,
    ({ threadId }) => {
      if (threadId === state.peek().threadId) inBackground(loading.sync({ onlyNews: true }))
    },
    () => {
      if (!turns.keepsRuns || Date.now() - lookedAt < LOOK_EVERY_MS) return
      lookedAt = Date.now()
      inBackground(loading.sync({ onlyNews: true }))
    },
  )
  const unwatch = browserNetwork.watch(showNetwork)
  showNetwork()

  function showNetwork(): void {
    state.set({ connection: browserNetwork.isOnline() ? 'online' : 'offline' })
  }

  function emit(event: ConversationEvent): void {
    for (const listener of [...listeners]) {
      try {
        listener(event)
      } catch (thrown) {
        // a page's faulty listener must not break the chat, nor tell of itself for ever
        const error = thrown instanceof Error ? thrown : new Error(String(thrown))
        if (event.type !== 'error') emit({ type: 'error', error })
      }
    }
  }

  function announce(runId: string): void {
    const { threadId } = state.peek()
    if (threadId !== null) tabs.announce({ threadId, runId })
  }

  /** For what nobody waits for. */
  function inBackground(work: Promise<unknown>): void {
    work.catch((error) => emit({ type: 'error', error }))
  }

  /** Failures of requests that leave no trace in the state are told as errors. */
  async function told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error instanceof Error) emit({ type: 'error', error })
      throw error
    }
  }

  function openThreadId(): string {
    const { threadId } = state.peek()
    if (threadId === null) throw new ChatKitError('invalid_request', 'There is no thread yet. Send a message first.')
    return threadId
  }

  return {
    getSnapshot: () => state.get(),
    subscribe: (listener) => state.subscribe(listener),
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    send: (input) => messages.send(input),
    stop: () => turns.stop(),
    retry: (itemId) => messages.retry(itemId),

    async openThread(threadId) {
      messages.forget()
      if (threadId === null) loading.clear()
      else await loading.open(threadId)
    },

    loadOlder: () => told(loading.loadOlder()),
    fetchUpdates: () => told(loading.sync()),
    loadThreads: (more = false) => told(list.load(more)),
    renameThread: (threadId, title) => told(list.rename(threadId, title)),
    deleteThread: (threadId) => told(list.delete(threadId)),

    async feedback(itemIds, kind) {
      const former = state.peek().feedback
      const given = Object.fromEntries(itemIds.map((id) => [id, kind]))
      const params = { thread_id: openThreadId(), item_ids: itemIds.map(serverId), kind }
      state.set({ feedback: { ...former, ...given } })
      try {
        await told(transport.request({ type: 'items.feedback', params }))
      } catch (error) {
        const kept = Object.entries(state.peek().feedback).filter(([id]) => !(id in given))
        const restored = itemIds.flatMap((id) => (former[id] ? [[id, former[id]] as const] : []))
        state.set({ feedback: Object.fromEntries([...kept, ...restored]) })
        throw error
      }
    },

    async customAction({ type, payload }, itemId) {
      const { threadId } = state.peek()
      if (threadId === null) return emit({ type: 'log', name: 'action.ignored', data: { reason: 'no active thread' } })
      const item = itemId === undefined ? {} : { item_id: serverId(itemId) }
      const params = { ...item, action: { type, payload }, thread_id: threadId }
      await turns.start({ type: 'threads.custom_action', params })
    },

    async syncAction({ type, payload }, itemId) {
      const params = { item_id: serverId(itemId), action: { type, payload }, thread_id: openThreadId() }
      const answer = await told(transport.request({ type: 'threads.sync_custom_action', params }))
      const updated = isObject(answer) ? answer.updated_item : undefined
      if (!isItem(updated) || params.thread_id !== state.peek().threadId) return
      transcript.put(updated.id === params.item_id ? { ...updated, id: itemId } : updated)
      state.invalidate('soon')
    },

    async submitStructuredInput(itemId, input) {
      const params = { thread_id: openThreadId(), item_id: serverId(itemId), input }
      await turns.start({ type: 'threads.add_structured_input', params })
    },

    createAttachment: (file, progress = {}) => told(upload(transport, uploads, file, progress)),

    async deleteAttachment(attachmentId) {
      await told(transport.request({ type: 'attachments.delete', params: { attachment_id: attachmentId } }))
    },

    async transcribe(audio, signal) {
      const params = { audio_base64: await toBase64(audio), mime_type: audio.type }
      const answer = await told(transport.request({ type: 'input.transcribe', params }, signal))
      return isObject(answer) && typeof answer.text === 'string' ? answer.text : ''
    },

    dismissNotice(index) {
      state.set({ notices: index === undefined ? [] : state.peek().notices.toSpliced(index, 1) })
    },

    setClientTools(handler) {
      turns.clientTools = handler
    },

    dispose() {
      loading.leave()
      tabs.close()
      unwatch()
      clearTimeout(openCallTimer)
      state.flush()
      listeners.clear()
    },
  }
}

/** The questions of this turn that wait for an answer. */
function openQuestions(items: readonly ThreadItem[]): StructuredInputItem | null {
  for (let place = items.length - 1; place >= 0; place--) {
    const item = items[place]
    if (item?.type === 'structured_input' && item.status === 'pending') return item
    if (item?.type === 'user_message') return null
  }
  return null
}
