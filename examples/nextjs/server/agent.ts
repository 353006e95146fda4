/** The agent that answers, with what a page can do for a model: be read by it (a client tool) and react (a client effect). */
import type { AgentContext } from '@millrace/agents'
import { Agent, type Model, type RunContext, tool } from '@openai/agents'
import * as z from 'zod'

type Context = AgentContext<unknown>

const INSTRUCTIONS =
  'You are the helpful assistant of a web app. `read_page` tells you what the person sees on the page beside the chat.'

export function chatAgent(model: Model, instructions = INSTRUCTIONS): Agent<Context> {
  return new Agent<Context>({
    name: 'Assistant',
    instructions,
    model,
    tools: [readPage, celebrate],
    // The browser has the word: its result begins the next run.
    toolUseBehavior: { stopAtToolNames: [readPage.name] },
  })
}

const readPage = tool({
  name: 'read_page',
  description: 'Reads the page that the person sees: its title, address, theme, and the note they wrote.',
  parameters: z.object({ fields: z.array(z.string()).max(20) }),
  execute(args, run?: RunContext<Context>) {
    run?.context.clientToolCall('read_page', args)
    return 'The browser was asked.'
  },
})

const celebrate = tool({
  name: 'celebrate',
  description: 'Has the page celebrate with a message. Nobody waits for it.',
  parameters: z.object({ message: z.string() }),
  async execute({ message }, run?: RunContext<Context>) {
    await run?.context.clientEffect('celebrate', { message })
    return 'The effect was sent.'
  },
})
