'use client'
import type { StreamOptions } from '@millrace/client/stream'
import type { StreamResult } from '../stream-session.ts'
import { noExtra, useStream } from './use-stream.ts'

/**
 * Answers of an agent, streamed over `fetch` (server-sent events).
 *
 * @example
 * const { response, isStreaming, error, startStream, stopStream } = useStreamingResponse()
 */
export function useStreamingResponse(options: StreamOptions = {}): StreamResult {
  return useStream({ transport: 'sse', ...options }, noExtra)
}
