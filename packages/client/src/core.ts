/** What the parts of a conversation share. */
import type { ConversationEvent, ConversationState } from './conversation-state.ts'
import type { Observable } from './observable.ts'
import type { Transcript } from './transcript.ts'
import type { Transport } from './transport.ts'

export interface Core {
  readonly transport: Transport
  readonly state: Observable<ConversationState>
  /** The open thread's items; call `state.invalidate` after changing them. */
  readonly transcript: Transcript
  emit(event: ConversationEvent): void
  /** Makes `threadId` the open thread; `thread.change` goes out if the listeners know of another one. */
  showThread(threadId: string | null): void
  newId(): string
  now(): Date
}
