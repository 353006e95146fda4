'use client'
import {
  type ClientToolHandler,
  type Conversation,
  type ConversationEvent,
  type ConversationOptions,
  type ConversationState,
  createConversation,
  httpTransport,
  type MessageInput,
  resuming,
} from '@millrace/client'
import { useEffect } from 'react'
import { type Reads, trackReads, useKeyed, useReads } from '../track-reads.ts'

export interface UseConversationOptions extends Omit<ConversationOptions, 'transport'> {
  /** The ChatKit endpoint (default `/chatkit`). Another one is another conversation. */
  url?: string
  /** Instead of `url`; the one of the first render is kept. */
  transport?: ConversationOptions['transport']
  /** Told of what happens besides state. */
  onEvent?: (event: ConversationEvent) => void
  /** Answers the client tools that the server calls. */
  onClientTool?: ClientToolHandler
}

type Verbs = Omit<Conversation, 'getSnapshot' | 'subscribe' | 'on' | 'setClientTools' | 'dispose'>

/** A conversation as a component sees it. Reading a field subscribes to that field. */
export type ConversationResult = Readonly<ConversationState> & Verbs

/**
 * A conversation with a ChatKit server: its threads and items, and what can be done with them.
 *
 * @example
 * const { items, isResponding, send } = useConversation({ url: '/chatkit' })
 */
export function useConversation(options: UseConversationOptions = {}): ConversationResult {
  const { url = '/chatkit' } = options
  const held = useKeyed(url, () => hold(url, options))
  useEffect(() => {
    held.follow(options)
  })
  return useReads(held.reads)
}

interface Held {
  readonly key: string
  follow(options: UseConversationOptions): void
  readonly reads: Reads<ConversationResult>
}

/** The conversation listens to its page and its tabs, so it exists from the subscription to its end, not from the render. */
function hold(url: string, first: UseConversationOptions): Held {
  const { transport = resuming(httpTransport({ url })), onEvent: _, onClientTool, ...rest } = first
  const initial = emptyState(transport)
  let newest = first
  let conversation: Conversation | undefined
  /** Once the component is gone, a call that comes late goes to the conversation that was. */
  let isDisposed = false
  /** Where the reader was when the component went; `null` is a new chat. */
  let threadId: string | null = null
  let isSubscribed = false
  /** Messages on their way: the server may have them already, so they are seen through. */
  let sending = 0

  function opened(): Conversation {
    if (conversation) return conversation
    conversation = createConversation({ ...rest, transport })
    conversation.on((event) => newest.onEvent?.(event))
    if (onClientTool) conversation.setClientTools((call) => (newest.onClientTool ?? onClientTool)(call))
    // Failures are in the state.
    if (threadId !== null) conversation.openThread(threadId).catch(() => {})
    return conversation
  }

  const source = {
    getSnapshot: () => conversation?.getSnapshot() ?? initial,
    subscribe(listener: () => void) {
      if (isDisposed) conversation = undefined
      isDisposed = false
      isSubscribed = true
      const unsubscribe = opened().subscribe(listener)
      return () => {
        unsubscribe()
        isSubscribed = false
        leave()
      }
    },
  }

  function leave(): void {
    if (isSubscribed || isDisposed || sending > 0 || !conversation) return
    threadId = conversation.getSnapshot().threadId
    conversation.dispose()
    isDisposed = true
  }

  async function send(input: MessageInput): Promise<void> {
    sending += 1
    try {
      await opened().send(input)
    } finally {
      sending -= 1
      leave()
    }
  }

  const verbs: Verbs = {
    send,
    stop: () => opened().stop(),
    retry: (itemId) => opened().retry(itemId),
    openThread: (id) => opened().openThread(id),
    loadOlder: () => opened().loadOlder(),
    fetchUpdates: () => opened().fetchUpdates(),
    loadThreads: (more) => opened().loadThreads(more),
    renameThread: (id, title) => opened().renameThread(id, title),
    deleteThread: (id) => opened().deleteThread(id),
    feedback: (itemIds, kind) => opened().feedback(itemIds, kind),
    customAction: (action, itemId) => opened().customAction(action, itemId),
    syncAction: (action, itemId) => opened().syncAction(action, itemId),
    submitStructuredInput: (itemId, submission) => opened().submitStructuredInput(itemId, submission),
    createAttachment: (file, progress) => opened().createAttachment(file, progress),
    deleteAttachment: (id) => opened().deleteAttachment(id),
    transcribe: (audio, signal) => opened().transcribe(audio, signal),
    dismissNotice: (index) => opened().dismissNotice(index),
  }
  return {
    key: url,
    follow(given) {
      newest = given
    },
    reads: trackReads(source, verbs),
  }
}

function emptyState(transport: ConversationOptions['transport']): ConversationState {
  const empty = createConversation({ transport, channel: null })
  empty.dispose()
  return empty.getSnapshot()
}
