/** What the parts of a conversation share. */

import type { BatchedObservable } from './batched-observable.ts'
import type { ConversationEvent, ConversationState } from './conversation-state.ts'
import type { Transcript } from './transcript.ts'
import type { Transport } from './transport.ts'

export interface Core {
  readonly transport: Transport
  readonly state: BatchedObservable<ConversationState>
  /** The open thread's items; call `state.invalidate` after changing them. */
  readonly transcript: Transcript
  emit(event: ConversationEvent): void
  /** Makes `threadId` the open thread; `thread.change` goes out if the listeners know of another one. */
  showThread(threadId: string | null): void
  newId(): string
  now(): Date
}
