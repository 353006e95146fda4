'use client'
import type { StreamOptions } from '@millrace/client/stream'
import { useEffect, useRef } from 'react'
import type { StreamResult } from '../stream-session.ts'
import { useStream } from './use-stream.ts'

export type DebouncedStream = StreamResult & {
  /** Sends the message once nothing newer has come for the delay. The newest call wins; an older answer is stopped. */
  stream(message: string): void
}

/**
 * Answers while one types. `startStream` sends at once; it and `stopStream` drop what was waiting.
 *
 * @param delay Milliseconds without another call before a message is sent.
 * @example
 * const { response, stream } = useDebouncedStream(300)
 * return <input onChange={(event) => stream(event.target.value)} />
 */
export function useDebouncedStream(delay = 300, options: StreamOptions = {}): DebouncedStream {
  const delayMs = useRef(delay)
  useEffect(() => {
    delayMs.current = delay
  })
  return useStream(options, ({ startStream, stopStream }) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    return {
      stream(message: string) {
        clearTimeout(timer)
        timer = setTimeout(() => startStream(message), delayMs.current)
      },
      startStream(...args: Parameters<typeof startStream>) {
        clearTimeout(timer)
        return startStream(...args)
      },
      stopStream() {
        clearTimeout(timer)
        return stopStream()
      },
    }
  })
}
