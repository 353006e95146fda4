export { ChatKitError, CustomStreamError, StreamError } from '@millrace/protocol'
export { ChatKitServer } from './chatkit-server.ts'
export { createApp } from './http/app.ts'
export { MemoryRunLog } from './log/memory.ts'
export { startLimit } from './security/rate-limit.ts'
export { Sessions } from './security/sessions.ts'
export { MemoryStore } from './store/memory.ts'
export { ownerOf } from './store/owner.ts'
export { observers } from './telemetry/observers.ts'

export type { AttachmentStore } from './attachments/attachment-store.ts'
export type { Answer } from './chatkit-server.ts'
export type { App, AppOptions, Handler } from './http/app.ts'
export type { AttachmentBytes, AttachmentFiles } from './http/attachments.ts'
export type { MetricsText } from './http/metrics.ts'
export type { SessionRoutes } from './http/sessions.ts'
export type {
  RunEnd,
  RunEntry,
  RunError,
  RunInfo,
  RunLog,
  RunOpening,
  RunOutcome,
  RunQuery,
  RunRequest,
  RunWriter,
  WriterLoss,
} from './log/run-log.ts'
export type { ChatKitServerOptions, RunFigures, RunObserver, StartLimit, SyncActionRequest } from './options.ts'
export type { ClientCapabilities, OpenedRun, RunHandle } from './runs.ts'
export type { StartLimitOptions } from './security/rate-limit.ts'
export type { ClientSecret, Session, SessionsOptions } from './security/sessions.ts'
export type { PageRequest, Store, StoredThread, StoreWrite } from './store/store.ts'
export type { IdKind, Respond, Turn } from './turn.ts'
export type { Socket, SocketOptions, SocketSession } from './websocket/socket.ts'
