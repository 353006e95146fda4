/** The agent that answers in the page, whatever its model is. */
import type { AgentContext } from '@millrace/agents'
import { Agent } from '@openai/agents'
import type { ResolvedModel } from '../model/resolve-model.ts'
import { demoAgent } from './demo-agent.ts'

/** For the demo model the agent with its tools, for a real one an agent with these instructions. */
export function chatAgent(
  { kind, model, modelSettings }: ResolvedModel,
  instructions: string,
): Agent<AgentContext<unknown>> {
  if (kind === 'demo') return demoAgent({ model })
  return new Agent<AgentContext<unknown>>({ name: 'Assistant', instructions, model, modelSettings })
}
