/** The handler that all cases of `agents/` have: history, converter, run, in the way that a case asks for. */
import {
  AgentContext,
  accumulateText,
  type StreamMappers,
  streamAgent,
  streamAgentRun,
  toAgentInput,
} from '@millrace/agents'
import type { Card, Markdown, Text, ThreadStreamEvent } from '@millrace/protocol'
import { MarkdownSchema, TextSchema } from '@millrace/protocol/schemas'
import type { Respond, Turn } from '@millrace/server'
import { streamWidget } from '@millrace/server/widgets'
import type { AgentInputItem, Runner } from '@openai/agents'
import type { Json } from '../case.ts'
import { converterOptions } from '../converter/switches.ts'
import type { AgentCase } from './agent-case.ts'
import { buildAgent, type Surroundings } from './build-agent.ts'
import { runSteps } from './tool-steps.ts'

/** Through `streamAgent` and its tap, or through a run that was started elsewhere and `streamAgentRun`. */
export type Path = 'tap' | 'runner'

export interface Handling extends Surroundings {
  runner: Runner
  path: Path
  /** Takes what the converter made, one entry per run. */
  noteInput(input: AgentInputItem[]): void
}

export function respondOf(test: AgentCase, handling: Handling): Respond<unknown> {
  return (turn) => respond(test, handling, turn)
}

async function* respond(test: AgentCase, handling: Handling, turn: Turn<unknown>): AsyncGenerator<ThreadStreamEvent> {
  const context = new AgentContext(turn)
  const options = converterOptions(test.converter)
  if (test.title_agent && !turn.thread.title && turn.input) {
    const titler = buildAgent(test.title_agent, handling)
    const { finalOutput } = await handling.runner.run(titler, await toAgentInput([turn.input], options), { context })
    if (finalOutput !== undefined) turn.thread.title = finalOutput
  }
  const page = { limit: test.history_limit ?? 20, order: 'desc' } as const
  const { data } = await turn.store.listItems(turn.thread.id, page, undefined, turn.context)
  const input = await toAgentInput(data.reverse(), options)
  handling.noteInput(input)
  await runSteps(test.before_run ?? [], context, handling.world)
  yield* run(test, handling, turn, context, input)
  await runSteps(test.after_run ?? [], context, handling.world)
}

async function* run(
  test: AgentCase,
  { path, runner, ...surroundings }: Handling,
  turn: Turn<unknown>,
  context: AgentContext,
  input: AgentInputItem[],
): AsyncGenerator<ThreadStreamEvent> {
  const agent = buildAgent(test.agent, surroundings)
  const { metadata } = context.thread
  const previous = test.previous_response_id_from_metadata ? metadata.previous_response_id : undefined
  const options = typeof previous === 'string' ? { previousResponseId: previous } : {}
  let lastResponseId: string | undefined
  if (test.accumulate_text) {
    const started = await runner.run(agent, input, { ...options, stream: true, context, signal: context.signal })
    yield* streamWidget(turn, cards(accumulateText(started, textComponent(test.accumulate_text))))
    lastResponseId = started.lastResponseId
  } else if (path === 'tap') {
    const events = streamAgent(context, agent, input, { ...options, runner, mappers: mappersOf(test) })
    yield* events
    lastResponseId = events.run?.lastResponseId
  } else {
    const started = await runner.run(agent, input, { ...options, stream: true, context, signal: context.signal })
    yield* streamAgentRun(context, started, mappersOf(test))
    lastResponseId = started.lastResponseId
  }
  if (test.save_response_id) metadata.previous_response_id = lastResponseId
}

function textComponent(component: Json): Text | Markdown {
  return component.type === 'Markdown' ? MarkdownSchema.parse(component) : TextSchema.parse(component)
}

async function* cards(components: AsyncIterable<Text | Markdown>): AsyncGenerator<Card> {
  for await (const component of components) yield { type: 'Card', children: [component] }
}

function mappersOf({ stream_converter: converter }: AgentCase): StreamMappers {
  const { partial_images: partialImages, image_url_prefix: prefix } = converter ?? {}
  return {
    ...(partialImages === undefined ? {} : { partialImages }),
    ...(prefix === undefined
      ? {}
      : { imageUrl: ({ id, partialIndex }) => `${prefix}${id}-${partialIndex ?? 'final'}.png` }),
  }
}
