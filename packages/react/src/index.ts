/** React hooks and components for streamed answers. */
export { toStreamError } from '@millrace/client/stream'
export { LazyStreamingMarkdown } from './components/lazy-streaming-markdown.tsx'
export { StreamErrorBoundary } from './components/stream-error-boundary.tsx'
// A component and a type: both are called so.
export { StreamMetrics } from './components/stream-metrics.tsx'
export { StreamingMarkdown } from './components/streaming-markdown.tsx'
export { useBufferedStreaming } from './hooks/use-buffered-streaming.ts'
export { useConversation } from './hooks/use-conversation.ts'
export { useDebouncedStream } from './hooks/use-debounced-stream.ts'
export { useHybridStreaming } from './hooks/use-hybrid-streaming.ts'
export { useResilientStreaming } from './hooks/use-resilient-streaming.ts'
export { createStreamStore, useStreamStore } from './hooks/use-stream-store.ts'
export { useStreamingResponse } from './hooks/use-streaming-response.ts'
export { useWebSocketStreaming } from './hooks/use-web-socket-streaming.ts'

export type {
  StreamClient,
  StreamError,
  StreamEvent,
  StreamOptions,
  StreamState,
  StreamToken,
} from '@millrace/client/stream'
export type { LazyStreamingMarkdownProps } from './components/lazy-streaming-markdown.tsx'
export type { StreamErrorBoundaryProps } from './components/stream-error-boundary.tsx'
export type { StreamMetricsProps } from './components/stream-metrics.tsx'
export type { StreamSource } from './components/stream-source.ts'
export type { StreamingMarkdownProps } from './components/streaming-markdown.tsx'
export type { BufferedStream, BufferedStreamOptions } from './hooks/use-buffered-streaming.ts'
export type { ConversationResult, UseConversationOptions } from './hooks/use-conversation.ts'
export type { DebouncedStream } from './hooks/use-debounced-stream.ts'
export type { StreamStore } from './hooks/use-stream-store.ts'
export type { StreamResult, StreamVerbs } from './stream-session.ts'
