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

/** How long the handler may be silent, in milliseconds. Every event of the run counts, not only text. */
export interface RunTimeouts {
  /** From the start to the first event. Default 60,000. */
  firstTokenMs: number
  /** Between two events. Default 60,000. */
  betweenTokensMs: number
  /** One run. Default 120,000. */
  totalMs: number
}

/** How many runs a user may start in a while. */
export interface StartLimit {
  /**
   * Takes one start of this owner. `giveBack` returns it, for a request that started nothing after all.
   * @throws ChatKitError `rate_limited` with `retryAfterMs`
   */
  take(owner: string): Promise<{ giveBack(): Promise<void> }>
}

/** Told of what happens; it must not throw. Nothing here is called per token. */
export interface RunObserver {
  runStarted?(run: RunInfo): void
  runEnded?(run: RunInfo, figures: RunFigures): void
  /** Somebody asked to stop a running run. */
  runStopped?(run: RunInfo): void
  /** A reader came (`after` > 0: it resumes), and `left` is called once when it goes. */
  readerCame?(run: RunInfo, after: number): { left(): void }
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
  /** What ends a run whose handler hangs. Default 60 s to the first event, 60 s between two, 120 s in total. */
  timeouts?: Partial<RunTimeouts>
  /** Runs that this process produces at once; one more is `unavailable`. 0: no limit. Default 1000. */
  maxRuns?: number
  /** Readers that one user may have on one run in this process; one more is `rate_limited`. Default 100. */
  maxReaders?: number
  /** Default: none. */
  startLimit?: StartLimit
  /** Whether it looks for orphans by itself, where the log is shared by several processes. Default true. */
  adoptsOrphans?: boolean
  /** How long a run waits for a store that is away before it fails, in milliseconds. Default 10,000. */
  storePatienceMs?: number
}

/** The options with every default in place. */
export type ChatKitSettings<Context> = Omit<ChatKitServerOptions<Context>, 'timeouts'> &
  Required<
    Pick<
      ChatKitServerOptions<Context>,
      | 'streamOptions'
      | 'owner'
      | 'contextOf'
      | 'generateId'
      | 'now'
      | 'unfinishedOnError'
      | 'observer'
      | 'maxRuns'
      | 'maxReaders'
      | 'storePatienceMs'
    >
  > & { timeouts: RunTimeouts }
