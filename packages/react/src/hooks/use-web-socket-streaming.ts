'use client'
import type { StreamOptions } from '@millrace/client/stream'
import type { StreamResult } from '../stream-session.ts'
import { noExtra, useStream } from './use-stream.ts'

/**
 * Answers over a WebSocket, where `pauseStream` holds back what the server sends: after `resumeStream` nothing is missing.
 * `connectionState` says how the connection stands.
 *
 * @example
 * const { response, pauseStream, resumeStream, connectionState } = useWebSocketStreaming()
 */
export function useWebSocketStreaming({ transport = 'websocket', ...options }: StreamOptions = {}): StreamResult {
  return useStream({ ...options, transport }, noExtra)
}
