/** What the app's handlers are given: one request that is to be answered by a stream of events. */
import type { Action, IdKind, ThreadMetadata, ThreadStreamEvent, UserMessageItem, WidgetItem } from '@millrace/protocol'
import type { Store } from './store/store.ts'

export interface Turn<Context = unknown> {
  /** Assign its fields (also nested ones): that is how a thread changes. Saved and announced after the event in hand. */
  readonly thread: ThreadMetadata
  /** The user's message; absent after a tool output, a structured input and in actions. */
  readonly input?: UserMessageItem
  readonly context: Context
  /** Aborted when the run is stopped or its log is lost: pass it to the model and to tools. */
  readonly signal: AbortSignal
  /** On a retry a view in which the given-up items are already gone. */
  readonly store: Store<Context>
  readonly runId: string
  /** The request's metadata. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Set for actions: what was clicked, and the widget it was clicked in. */
  readonly action?: Action
  readonly sender?: WidgetItem
  generateId(kind: IdKind): string
  now(): Date
}

/** Answers a turn. It may throw `StreamError` or `CustomStreamError`; anything else becomes `stream.error`. */
export type Respond<Context = unknown> = (turn: Turn<Context>) => AsyncIterable<ThreadStreamEvent>

export type { IdKind }
