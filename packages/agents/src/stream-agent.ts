import type { ThreadStreamEvent } from '@millrace/protocol'
import { type AgentInputItem, Runner, type StreamedRunResult, type StreamRunOptions } from '@openai/agents'
import type { AgentContext } from './agent-context.ts'
import type { StreamMappers } from './mappers/mappers.ts'
import { runEvents } from './run-events.ts'
import { Tap, tapped, withTap } from './tap.ts'

/** Any agent, as the Agents SDK's own `run` takes it: an agent that is made without saying so takes any context. */
type AnyAgent = Parameters<Runner['run']>[0]

export interface StreamAgentOptions<Context>
  extends Omit<StreamRunOptions<AgentContext<Context>, AnyAgent>, 'stream' | 'context' | 'signal'> {
  /**
   * Runs the agent. Give its model provider (or its agents' models) through `tapped`; without that a run is the same
   * and only dearer. Default: one with the Agents SDK's default provider, tapped.
   */
  runner?: Runner
  mappers?: StreamMappers
}

/** The events of an answer. */
export interface AgentStream<Context> extends AsyncIterable<ThreadStreamEvent> {
  /** The run, once it has started: its output, usage and last response id. */
  readonly run: StreamedRunResult<AgentContext<Context>, AnyAgent> | undefined
}

let defaultRunner: Runner | undefined

function tappedRunner(): Runner {
  defaultRunner ??= new Runner({ modelProvider: tapped(new Runner().config.modelProvider) })
  return defaultRunner
}

/**
 * Runs an agent and gives the events of its answer: what the model says and what tools send through the context, in the
 * order in which they happen. The run starts when the first event is asked for, and ends when the context's signal is
 * aborted or nobody asks any more; either reaches the model's request and the tools at once. A reader who is slow slows
 * the model. Throws `StreamError` with a `ChatKitError` as its cause.
 *
 * @example
 * async *respond(turn) {
 *   const context = new AgentContext(turn)
 *   yield* streamAgent(context, agent, await toAgentInput(items))
 * }
 */
export function streamAgent<Context>(
  context: AgentContext<Context>,
  agent: AnyAgent,
  input: string | AgentInputItem[],
  { runner = tappedRunner(), mappers = {}, ...options }: StreamAgentOptions<Context> = {},
): AgentStream<Context> {
  let run: AgentStream<Context>['run']
  const events = runEvents(context, mappers, async (model, signal) => {
    const isGuarded = agent.inputGuardrails.length > 0 || (runner.config.inputGuardrails?.length ?? 0) > 0
    const tap = new Tap(context, model, isGuarded)
    run = await withTap(tap, () => runner.run(agent, input, { ...options, stream: true, context, signal }))
    return run
  })
  return {
    get run() {
      return run
    },
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
  }
}
