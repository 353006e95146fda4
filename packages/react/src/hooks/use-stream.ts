'use client'
import type { StreamOptions } from '@millrace/client/stream'
import { useEffect, useState } from 'react'
import { openSession, type StreamResult, type StreamVerbs } from '../stream-session.ts'
import { useReads } from '../track-reads.ts'

/**
 * The hook below all others: one stream client for as long as the component is there. Options may be written in place and
 * may change: those of the buffer count at once, all others for the next message.
 */
export function useStream<Extra extends object>(
  options: StreamOptions,
  extend: (verbs: StreamVerbs) => Extra,
): StreamResult & Extra {
  const [session] = useState(() => openSession(options, extend))
  useEffect(() => session.follow(options))
  return useReads(session.reads)
}

export const noExtra = (): object => ({})
