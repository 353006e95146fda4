/** What a conversation shows, and what it tells besides. */
import type { NoticeEvent, StructuredInputItem, ThreadItem, ThreadMetadata } from '@millrace/protocol'
import type { Connection } from './transport.ts'

/** An immutable snapshot; what did not change keeps its identity from one snapshot to the next. */
export interface ConversationState {
  /** The open thread; `null` for a new chat. */
  readonly threadId: string | null
  readonly thread: ThreadMetadata | null
  /** Oldest first. A user message not yet stored by the server is among them, with an id that starts with `local_`. */
  readonly items: readonly ThreadItem[]
  /** Whether the server has items before the first of `items`: see `loadOlder`. */
  readonly hasOlder: boolean
  readonly isLoading: boolean
  readonly isResponding: boolean
  /** Whether the running response may be stopped (`stream_options.allow_cancel`). */
  readonly canStop: boolean
  /** Responding, and nothing visible of the answer has come yet. */
  readonly isWaiting: boolean
  /** The transient line of a `progress_update`. */
  readonly progress: { readonly text: string; readonly icon?: string } | null
  readonly error: ResponseError | null
  /** Notices of the current turn. */
  readonly notices: readonly NoticeEvent[]
  /** The questions that wait for an answer, if any. */
  readonly pendingInput: StructuredInputItem | null
  /** How far the images being made are, 0 to 1, by item id. */
  readonly imageProgress: Readonly<Record<string, number>>
  /** Feedback given in this session, by item id. */
  readonly feedback: Readonly<Record<string, FeedbackKind>>
  /** Newest first. */
  readonly threads: readonly ThreadMetadata[]
  readonly hasMoreThreads: boolean
  readonly isLoadingThreads: boolean
  readonly connection: Connection
}

export type FeedbackKind = 'positive' | 'negative'

/** Why the last response failed. */
export interface ResponseError {
  /** `custom`, `stream.error` or a code of the error table; `message` is missing where only a generic text fits. */
  readonly code: string
  readonly message?: string
  readonly allowRetry: boolean
  /** The user message that `retry` sends again. */
  readonly retryItemId?: string
}

/** What happens besides state; the element turns these into its `chatkit.*` events. */
export type ConversationEvent =
  | { type: 'response.start' }
  /** After the last event was applied, whatever ended the response; once per `response.start`. */
  | { type: 'response.end' }
  | { type: 'thread.change'; threadId: string | null }
  | { type: 'thread.load.start'; threadId: string }
  | { type: 'thread.load.end'; threadId: string }
  | { type: 'error'; error: Error }
  /** A `client_effect` of the server. */
  | { type: 'effect'; name: string; data: Record<string, unknown> }
  /** Diagnostics; never message texts. */
  | { type: 'log'; name: string; data?: Record<string, unknown> }
