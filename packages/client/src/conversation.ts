/** A conversation with a ChatKit server, for any UI: what there is to see and what can be done. */
import type { Action, Attachment, StructuredInputSubmission } from '@millrace/protocol'
import type { ClientToolHandler } from './client-tools.ts'
import type { ConversationEvent, ConversationState, FeedbackKind } from './conversation-state.ts'
import type { Transport } from './transport.ts'
import type { UploadFile, UploadOptions, UploadProgress } from './uploads.ts'
import type { MessageInput } from './user-messages.ts'

export interface ConversationOptions {
  /** `resuming(httpTransport({ url }))`. */
  transport: Transport
  /** Where and how files are uploaded; without it `createAttachment` fails. */
  uploads?: UploadOptions
  /** Limit for a client tool's handler in milliseconds (default 60,000); after it the model is told of the time-out. */
  clientToolTimeoutMs?: number
  /** Items of one page of history (default 50). */
  pageSize?: number
  /** Name of the channel on which tabs of one origin tell each other of runs (default `millrace`); `null` for none. */
  channel?: string | null
  now?: () => Date
  /** Makes names of requests and of messages not yet stored; at least 16 random characters of `[A-Za-z0-9_-]`. */
  generateId?: () => string
}

/**
 * Verbs that start an answer (`send`, `retry`, `customAction`, `submitStructuredInput`) reject with `run_in_progress`
 * while one is written. What fails is in the state and told as an `error`, too; rejections are `ChatKitError`s.
 */
export interface Conversation {
  getSnapshot(): ConversationState
  /** Calls `listener` after the snapshot changed, at most once per batch of events; returns the way to stop it. */
  subscribe(listener: () => void): () => void
  on(listener: (notice: ConversationEvent) => void): () => void
  /**
   * Shows the message at once; resolves when the server has accepted it, rejects when the request fails before that.
   * Then the message stays among the items if it may be sent again (`retry(error.retryItemId)`); if it was refused for good,
   * or another answer is being written in this thread (`run_in_progress`; that one is shown), it is gone from them.
   */
  send(input: MessageInput): Promise<void>
  /** Resolves when the answer has ended; what had come of it stays. */
  stop(): Promise<void>
  /**
   * Answers a user message again (default: the one of the last error), giving up what came after it. What the server
   * never stored is sent again under the same name, so that it can't run twice. After a failed load it loads again.
   */
  retry(itemId?: string): Promise<void>
  /**
   * Opens a thread, or with `null` a new chat; an answer that is being written there is followed. Resolves when it is
   * loaded. Where the thread does not exist, what was open stays.
   */
  openThread(threadId: string | null): Promise<void>
  loadOlder(): Promise<void>
  /** Reads the open thread again, as after a change made elsewhere. Does nothing while an answer is written. */
  fetchUpdates(): Promise<void>
  /** Loads the newest threads; with `more` the ones that follow. */
  loadThreads(more?: boolean): Promise<void>
  renameThread(threadId: string, title: string): Promise<void>
  deleteThread(threadId: string): Promise<void>
  feedback(itemIds: readonly string[], kind: FeedbackKind): Promise<void>
  /** Resolves at the end of the action's stream. Without an open thread nothing happens, besides a log entry. */
  customAction(action: Action, itemId?: string): Promise<void>
  /** An action that is answered at once by the updated item; allowed while an answer is written. */
  syncAction(action: Action, itemId: string): Promise<void>
  submitStructuredInput(itemId: string, submission: StructuredInputSubmission): Promise<void>
  createAttachment(file: UploadFile, options?: UploadProgress): Promise<Attachment>
  deleteAttachment(attachmentId: string): Promise<void>
  /** Turns recorded speech into text. */
  transcribe(audio: Blob, signal?: AbortSignal): Promise<string>
  /** Takes a notice off the screen; without an argument all of them. */
  dismissNotice(index?: number): void
  /** Answers the client tools that the server calls; without a handler the model is told that there is none. */
  setClientTools(handler?: ClientToolHandler): void
  /** Closes connections, timers and channels; a run on a server that keeps runs goes on. */
  dispose(): void
}
