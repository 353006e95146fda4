/** `[Stream] …` lines: what a stream does, for whoever builds with it. Never what is said in it. */
import type { StreamEvent, StreamState } from './types.ts'

export type DebugLog = (event: StreamEvent) => void

/** `stateOf` is asked at a run's end. */
export function debugLog(stateOf: () => StreamState): DebugLog {
  let tokens = 0
  const line = (text: string) => console.info(`[Stream] ${text}`)
  return (event) => {
    switch (event.type) {
      case 'start':
        return line(`${event.messageId} is open${event.runId ? ` as ${event.runId}` : ''}`)
      case 'token':
        tokens += 1
        return tokens === 1 ? line('first token') : undefined
      case 'retry':
        return line(`${event.error.code}: try ${event.attempt} in ${Math.round(event.waitMs)} ms`)
      default:
        tokens = 0
        line(summaryOf(stateOf()))
    }
  }
}

function summaryOf({ messageId, outcome, error, metrics, method }: StreamState): string {
  const { elapsedMs, tokensPerSecond, timeToFirstTokenMs = 0, resumes } = metrics
  const how = error ? `${outcome} (${error.type}, ${error.code})` : outcome
  return (
    `${messageId} ${how}: ${metrics.tokens} tokens in ${Math.round(elapsedMs)} ms, ${tokensPerSecond.toFixed(1)}/s, ` +
    `first after ${Math.round(timeToFirstTokenMs)} ms, ${resumes} resumes, ${method}`
  )
}
