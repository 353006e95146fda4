/** `@millrace/client/stream`: tokens of the plain endpoints, for any UI. Nothing of ChatKit comes along. */
export { createStreamClient } from './create-stream-client.ts'
export { toStreamError } from './stream-error.ts'

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
} from './types.ts'
