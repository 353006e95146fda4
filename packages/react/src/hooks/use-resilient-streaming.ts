'use client'
import type { StreamOptions } from '@millrace/client/stream'
import type { StreamResult } from '../stream-session.ts'
import { noExtra, useStream } from './use-stream.ts'

/**
 * Answers that survive: lost connections (`attempt` counts the tries), a restart of the server, and a reload of the page,
 * after which the answer named `messageId` goes on. `resumeKey` is the name in `sessionStorage` under which it is
 * remembered (default `millrace-stream`); hooks on pages of one origin need names of their own.
 *
 * @example
 * const { response, attempt, messageId } = useResilientStreaming({ resumeKey: 'support-chat' })
 */
export function useResilientStreaming({ resumeKey = 'millrace-stream', ...options }: StreamOptions = {}): StreamResult {
  return useStream({ ...options, resumeKey }, noExtra)
}
