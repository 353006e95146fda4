/** The whole answer at once: for clients that can't read a stream. */
import { ChatKitError } from '@millrace/protocol'
import type { RunHandle } from '../runs.ts'
import { causeOf, errorOf } from './end-events.ts'
import { tokenOf } from './token.ts'

export interface WholeAnswer {
  text: string
  outcome: 'completed' | 'stopped'
}

/**
 * Waits for the end of a run. Undefined once `signal` is aborted: nobody waits any more.
 * @throws ChatKitError the cause of a run that failed, with its `message_id` and `run_id`; `unavailable` where it never began
 */
export async function wholeAnswer(run: RunHandle, signal: AbortSignal): Promise<WholeAnswer | undefined> {
  const { messageId, runId } = run.info
  const tokens: string[] = []
  for await (const entries of run.read(0, signal)) {
    for (const entry of entries) {
      const token = tokenOf(entry)
      if (token !== undefined) tokens.push(token)
      if (!('end' in entry)) continue
      const cause = causeOf(entry.end)
      if (cause) throw errorOf(cause, { message_id: messageId, run_id: runId })
      return { text: tokens.join(''), outcome: entry.end.outcome === 'stopped' ? 'stopped' : 'completed' }
    }
  }
  if (signal.aborted) return undefined
  // The request that opened the run could not start it after all.
  throw new ChatKitError('unavailable', 'The answer could not be started. Try again in a moment.')
}
