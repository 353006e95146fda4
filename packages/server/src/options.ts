/** What an app gives a ChatKit server: two stores, a handler, and whatever else it wants to replace. */
import type {
  Action,
  ItemsFeedbackReq,
  StreamOptions,
  ThreadItem,
  ThreadMetadata,
  TranscriptionResult,
  WidgetItem,
} from '@millrace/protocol'
import type { AttachmentStore } from './attachments/attachment-store.ts'
import type { RunInfo, RunLog } from './log/run-log.ts'
import type { Store } from './store/store.ts'
import type { IdKind, Respond } from './turn.ts'

/** What a run came to, for a log line or a metric. */
export interface RunFigures {
  /** Text deltas. */
  tokens: number
  durationMs: number
  /** From the start to the first text delta. */
  firstTokenMs?: number
}

/** Told of what happens; it must not throw. Nothing here is called per token. */
export interface RunObserver {
  runStarted?(run: RunInfo): void
  runEnded?(run: RunInfo, figures: RunFigures): void
  /** An exception that a client saw only as a plain error; `runId` where it ended a run. */
  failed?(error: unknown, where: { runId?: string; threadId?: string; request?: string }): void
}

export interface SyncActionRequest<Context> {
  thread: ThreadMetadata
  action: Action
  sender?: WidgetItem
  context: Context
}

export interface ChatKitServerOptions<Context> {
  store: Store<Context>
  log: RunLog
  /** Answers a user's message, a tool output, a structured input or a retry. */
  respond: Respond<Context>
  /** Answers `threads.custom_action`. */
  action?: Respond<Context>
  /** Answers `threads.sync_custom_action`; saves what it changes itself. */
  syncAction?(request: SyncActionRequest<Context>): Promise<{ updated_item?: ThreadItem }>
  addFeedback?(feedback: ItemsFeedbackReq['params'], context: Context): Promise<void>
  transcribe?(
    audio: { data: Uint8Array; mimeType: string; mediaType: string },
    context: Context,
  ): Promise<TranscriptionResult>
  attachments?: AttachmentStore<Context>
  /** Sent as the first event of an answer. Default: `{ allow_cancel: true }`. */
  streamOptions?(thread: ThreadMetadata, context: Context): StreamOptions
  /**
   * Replaces what happens to unfinished items of a stopped run. The default saves assistant messages with visible text
   * and adds a hidden note for the model.
   */
  streamCancelled?(thread: ThreadMetadata, pendingItems: ThreadItem[], context: Context): Promise<void>
  /** Whose runs these are. Default: `context.userId`, else `local`. */
  owner?(context: Context): string
  /** A context for work without a request (a run whose node died). Default: `{ userId: owner }`. */
  contextOf?(owner: string): Context
  generateId?(kind: IdKind): string
  now?(): Date
  /** What becomes of the text of a run that failed: saved as it stands (the default), or lost, as in the Python server. */
  unfinishedOnError?: 'keep' | 'drop'
  observer?: RunObserver
}

/** The options with every default in place. */
export type ChatKitSettings<Context> = ChatKitServerOptions<Context> &
  Required<
    Pick<
      ChatKitServerOptions<Context>,
      'streamOptions' | 'owner' | 'contextOf' | 'generateId' | 'now' | 'unfinishedOnError' | 'observer'
    >
  >
