/** The agent behind the demo model, and what its widget's buttons do. */
import type { AgentContext } from '@millrace/agents'
import type { ThreadStreamEvent } from '@millrace/protocol'
import type { Turn } from '@millrace/server'
import { Agent, type Model } from '@openai/agents'
import * as z from 'zod'
import { CLIENT_TOOLS, demoTools } from './demo-tools.ts'
import { pollCard, pollOf, VOTE } from './poll.ts'

export interface DemoAgentOptions {
  model: Model
  /** How long each step of a tool pretends to work, in milliseconds. Default 700. */
  stepMs?: number
}

/** An agent that has every tool which the demo model calls. */
export function demoAgent({ model, stepMs = 700 }: DemoAgentOptions): Agent<AgentContext<unknown>> {
  return new Agent<AgentContext<unknown>>({
    name: 'Demo',
    instructions: 'Show what this chat can do.',
    model,
    tools: demoTools(stepMs),
    toolUseBehavior: { stopAtToolNames: CLIENT_TOOLS },
  })
}

const VotePayload = z.object({ option: z.int().min(0) })

/** Answers the buttons of the poll: counts the vote and replaces the card. Other actions change nothing. */
export async function* demoAction(turn: Turn<unknown>): AsyncGenerator<ThreadStreamEvent> {
  const { action, sender } = turn
  const vote = VotePayload.safeParse(action?.payload)
  const poll = sender && pollOf(sender.widget)
  const option = vote.success && poll?.options[vote.data.option]
  if (action?.type !== VOTE || !sender || !poll || !option) return
  option.votes++
  yield { type: 'thread.item.replaced', item: { ...sender, widget: pollCard(poll) } }
}
