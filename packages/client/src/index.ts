/** ChatKit state and verbs for any UI: conversations that resume, stop and survive reloads. */
export { createConversation } from './create-conversation.ts'
export { httpTransport } from './http.ts'
export { resuming } from './resuming.ts'
export { createStreamClient } from './stream/create-stream-client.ts'
export { toStreamError } from './stream/stream-error.ts'

export type { NetworkState } from './backoff.ts'
export type { ClientToolCall, ClientToolHandler } from './client-tools.ts'
export type { Conversation, ConversationOptions } from './conversation.ts'
export type { ConversationEvent, ConversationState, FeedbackKind, ResponseError } from './conversation-state.ts'
export type { HttpTransportOptions } from './http.ts'
export type { ResumingOptions } from './resuming.ts'
export type {
  BufferProfile,
  ConnectionState,
  StartOptions,
  StreamClient,
  StreamError,
  StreamErrorType,
  StreamEvent,
  StreamMethod,
  StreamMetrics,
  StreamOptions,
  StreamSocket,
  StreamState,
  StreamTimeouts,
  StreamToken,
  StreamTransportName,
} from './stream/types.ts'
export type {
  Connection,
  EventStream,
  JsonRequest,
  RunRequest,
  SequencedEvent,
  StreamRequestOptions,
  Transport,
} from './transport.ts'
export type { UploadFile, UploadOptions, UploadProgress, UploadStrategy } from './uploads.ts'
export type { MessageInput } from './user-messages.ts'
