/** The figures of a running answer, from the run's start, for whichever reader and however often it came back. */
import type { RunInfo } from '../log/run-log.ts'

/** Makes the JSON of the figures after so many tokens at a time in milliseconds since the epoch. */
export function tokenMetrics({ startedAt, firstTokenAt }: RunInfo): (tokens: number, now: number) => string {
  // A reader who came before the first token sees it as it comes.
  let first = firstTokenAt
  return (tokens, now) => {
    first ??= now
    // The run may have started on another node, whose clock is a little ahead: no time is less than a millisecond.
    const elapsedMs = Math.max(1, now - startedAt)
    const perSecond = Math.round((tokens / elapsedMs) * 10_000) / 10
    const latency = Math.max(0, first - startedAt) / 1000
    return `{"total_tokens":${tokens},"elapsed_seconds":${elapsedMs / 1000},"throughput_tokens_per_sec":${perSecond},"latency_to_first_token":${latency}}`
  }
}
