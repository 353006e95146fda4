'use client'
import type { BufferProfile, StreamOptions } from '@millrace/client/stream'
import { useMemo } from 'react'
import type { StreamResult } from '../stream-session.ts'
import { noExtra, useStream } from './use-stream.ts'

type Buffer = number | BufferProfile | 'auto'

export interface BufferedStreamOptions extends StreamOptions {
  /**
   * Tokens that are shown at once (1–1000), the kind of network, or `auto`, which measures and changes while it streams.
   * Default: `bufferSize`, else `auto`.
   */
  buffer?: Buffer
}

export type BufferedStream = StreamResult & { readonly buffer: Buffer }

/**
 * Answers whose text is shown in pieces. The buffer may change in the middle of an answer.
 *
 * @example
 * const { response, startStream } = useBufferedStreaming({ buffer: 'high_latency' })
 */
export function useBufferedStreaming({
  bufferSize = 'auto',
  buffer = bufferSize,
  ...options
}: BufferedStreamOptions = {}): BufferedStream {
  const stream = useStream({ ...options, bufferSize: buffer }, noExtra)
  // with its getters: what is not read here is not read by the copy
  return useMemo(
    () => Object.defineProperties({ buffer }, Object.getOwnPropertyDescriptors(stream)) as BufferedStream,
    [stream, buffer],
  )
}
