import type { ThreadStreamEvent } from '@millrace/protocol'
import type { AgentContext } from './agent-context.ts'
import type { StreamMappers } from './mappers/mappers.ts'
import { type RunnerStream, runEvents } from './run-events.ts'

/**
 * The events of an answer, from a run that was started elsewhere with `{ stream: true, context, signal: context.signal }`:
 * what the model says and what tools send through the context, in the order in which they happen. Prefer `streamAgent`,
 * which costs less per token and is held up by a slow reader; the Agents SDK's own stream is not.
 * Throws `StreamError` with a `ChatKitError` as its cause.
 */
export function streamAgentRun<Context>(
  context: AgentContext<Context>,
  run: RunnerStream,
  mappers: StreamMappers = {},
): AsyncIterable<ThreadStreamEvent> {
  return runEvents(context, mappers, () => run)
}
