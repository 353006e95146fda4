'use client'
import type { StreamOptions } from '@millrace/client/stream'
import { useEffect, useRef } from 'react'
import {
  type Interrupted,
  openSession,
  type StreamResult,
  type StreamSession,
  type StreamVerbs,
} from '../stream-session.ts'
import { useKeyed, useReads } from '../track-reads.ts'

/**
 * The hook below all others: a stream client for as long as the component is there. Options may be written in place; when
 * one changes, an answer that is under way is taken up again with the new ones, and one that has ended stays.
 */
export function useStream<Extra extends object>(
  options: StreamOptions,
  extend: (verbs: StreamVerbs) => Extra,
): StreamResult & Extra {
  const interrupted: Interrupted = useRef(undefined)
  const key = JSON.stringify(options, (_, value) => (typeof value === 'function' ? true : value))
  const session = useKeyed(key, (before?: StreamSession<Extra>) =>
    openSession({ key, options, interrupted, before, extend }),
  )
  useEffect(() => {
    session.follow(options)
  })
  return useReads(session.reads)
}

export const noExtra = (): object => ({})
