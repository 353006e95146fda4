'use client'
import type { StreamOptions } from '@millrace/client/stream'
import type { StreamResult } from '../stream-session.ts'
import { noExtra, useStream } from './use-stream.ts'

/**
 * Answers that come through whatever stands between: streamed where that works, else polled, else whole at once. `method`
 * says which it is.
 *
 * @example
 * const { response, method } = useHybridStreaming()
 */
export function useHybridStreaming(options: StreamOptions = {}): StreamResult {
  return useStream({ ...options, transport: 'hybrid' }, noExtra)
}
