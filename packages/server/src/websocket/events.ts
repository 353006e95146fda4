/** What the server says on a WebSocket: each event is one text message. */
import { ChatKitError, toWireError } from '@millrace/protocol'
import type { RunEnd, RunInfo } from '../log/run-log.ts'
import { causeOf } from '../plain/end-events.ts'

export const HEARTBEAT_EVENT = JSON.stringify({ type: 'heartbeat' })

export function startedEvent({ messageId, threadId, runId }: RunInfo): string {
  return JSON.stringify({ type: 'started', message_id: messageId, thread_id: threadId, run_id: runId })
}

export function pausedEvent(type: 'paused' | 'resumed', messageId: string): string {
  return JSON.stringify({ type, message_id: messageId })
}

/** All of a token's event up to its text, the same for every token of a run. */
export function tokenHead(messageId: string): string {
  return `{"type":"token","message_id":${JSON.stringify(messageId)},"token":`
}

/** `literal` is the text as JSON, as it stands in the log. */
export function tokenEvent(head: string, literal: string, seq: number): string {
  return `${head}${literal},"seq":${seq}}`
}

/** `seq` is left out where the end was not read from the log: the answer to a stop of a run that nobody follows here. */
export function endEvent(messageId: string, end: RunEnd, seq?: number): string {
  const cause = causeOf(end)
  if (!cause) {
    return JSON.stringify({ type: end.outcome === 'stopped' ? 'stopped' : 'complete', message_id: messageId, seq })
  }
  const { message, code, recoverable } = cause
  return JSON.stringify({ type: 'error', message_id: messageId, error: message, code, param: null, recoverable, seq })
}

/** What an error is about: the command that it answers, and the run. Without a command it is the run's reading that failed. */
export interface About {
  command?: string
  messageId?: string
}

/** What is no `ChatKitError` tells nothing; whoever calls has reported it. */
export function errorEvent(error: unknown, { command, messageId }: About): string {
  const known =
    error instanceof ChatKitError
      ? error
      : new ChatKitError('server_error', 'The server failed. Try again; if it keeps failing, look at its log.')
  // `message_id` is the run that the event is about. The one that is in the way of a start goes by another name.
  const { message_id: running, ...wire } = { message_id: undefined, ...toWireError(known) }
  return JSON.stringify({
    ...wire,
    command,
    message_id: messageId,
    running_message_id: running === messageId ? undefined : running,
    recoverable: known.retryable,
    retry_after_ms: known.retryAfterMs,
  })
}
