/** `[Stream] …` lines: what a stream does, for whoever builds with it. Never what is said in it. */
import type { StreamEvent, StreamState } from './types.ts'

export interface DebugLog {
  event(event: StreamEvent): void
  line(text: string): void
  end(state: StreamState): void
}

export function debugLog(): DebugLog {
  let tokens = 0
  const line = (text: string) => console.info(`[Stream] ${text}`)
  return {
    line,
    event(event) {
      if (event.type === 'token') {
        tokens += 1
        if (tokens === 1) line('first token')
      } else if (event.type === 'start') line(`${event.messageId} is open${event.runId ? ` as ${event.runId}` : ''}`)
      else if (event.type === 'retry') {
        line(`${event.error.code}: try ${event.attempt} in ${Math.round(event.waitMs)} ms`)
      }
    },
    end({ messageId, outcome, error, metrics, method }) {
      tokens = 0
      const { elapsedMs, tokensPerSecond, timeToFirstTokenMs = 0, resumes } = metrics
      const how = error ? `${outcome ?? 'left'} (${error.type}, ${error.code})` : (outcome ?? 'left')
      line(
        `${messageId} ${how}: ${metrics.tokens} tokens in ${Math.round(elapsedMs)} ms, ${tokensPerSecond.toFixed(1)}/s, ` +
          `first after ${Math.round(timeToFirstTokenMs)} ms, ${resumes} resumes, ${method}`,
      )
    },
  }
}
