/** The tools of the demo agent, one for each thing that a server can do besides talking. */
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentContext } from '@millrace/agents'
import { DEMO_TOOLS } from '@millrace/agents/demo'
import type { WidgetRoot } from '@millrace/protocol'
import { type FunctionTool, type RunContext, tool } from '@openai/agents'
import * as z from 'zod'
import { pollCard } from './poll.ts'

type DemoTool = FunctionTool<AgentContext<unknown>, z.ZodObject, string>

/** `stepMs`: how long each step of a tool pretends to work, in milliseconds. */
export function demoTools(stepMs: number): DemoTool[] {
  return [rollDice, showPoll(stepMs), planTrip(stepMs), searchArchive(stepMs), celebrate, readPage, setTitle]
}

/** Tools after which the run ends: the browser has the word. */
export const CLIENT_TOOLS: string[] = [DEMO_TOOLS.readPage]

/** What the Agents SDK hands a tool. It is typed as possibly absent; in a run of ours it never is. */
function contextOf(run: RunContext<AgentContext> | undefined): AgentContext {
  if (run === undefined) throw new Error('This tool only works within a run.')
  return run.context
}

const rollDice = tool({
  name: DEMO_TOOLS.rollDice,
  description: 'Rolls dice and tells what they show.',
  parameters: z.object({ count: z.int().min(1).max(10), sides: z.int().min(2).max(100) }),
  execute: ({ count, sides }) => Array.from({ length: count }, () => randomInt(1, sides + 1)).join(' and '),
})

const showPoll = (stepMs: number) =>
  tool({
    name: DEMO_TOOLS.showPoll,
    description: 'Shows a poll as a card with buttons.',
    parameters: z.object({ question: z.string(), options: z.array(z.string()).min(1).max(5) }),
    async execute({ question, options }, run?: RunContext<AgentContext>) {
      const context = contextOf(run)
      const copyText = [question, ...options.map((option) => `- ${option}`)].join('\n')
      await context.streamWidget(growingPoll(question, options, stepMs, context.signal), { copyText })
      return 'The poll is shown.'
    },
  })

/** The card option by option, to show that a widget can grow. */
async function* growingPoll(
  question: string,
  texts: string[],
  stepMs: number,
  signal: AbortSignal,
): AsyncGenerator<WidgetRoot> {
  const options = texts.map((text) => ({ text, votes: 0 }))
  for (let shown = 1; shown <= options.length; shown++) {
    yield pollCard({ question, options: options.slice(0, shown) })
    if (shown < options.length) await delay(stepMs / 2, undefined, { signal })
  }
}

const planTrip = (stepMs: number) =>
  tool({
    name: DEMO_TOOLS.planTrip,
    description: 'Plans a trip in several steps.',
    parameters: z.object({ city: z.string(), days: z.int().min(1).max(14) }),
    async execute({ city, days }, run?: RunContext<AgentContext>) {
      const context = contextOf(run)
      const tasks = [
        {
          title: `Look for connections to ${city}`,
          content: 'Two trains a day, and a night bus.',
          icon: 'maps' as const,
        },
        { title: 'Look at the weather', content: 'Mild, with a little wind from the sea.', icon: 'globe' as const },
        {
          title: `Find a place to stay for ${days} days`,
          content: 'A small guest house near the old tram line.',
          icon: 'map-pin' as const,
        },
      ]
      await context.startWorkflow({ type: 'custom', tasks: [], expanded: true })
      for (const { content, ...task } of tasks) {
        const index = await context.addWorkflowTask({ type: 'custom', ...task, status_indicator: 'loading' })
        await delay(stepMs, undefined, { signal: context.signal })
        await context.updateWorkflowTask({ type: 'custom', ...task, content, status_indicator: 'complete' }, index)
      }
      await context.endWorkflow({ summary: { title: `Planned ${days} days in ${city}`, icon: 'suitcase' } })
      return tasks.map(({ title, content }, index) => `${index + 1}. **${title}.** ${content}`).join('\n')
    },
  })

const searchArchive = (stepMs: number) =>
  tool({
    name: DEMO_TOOLS.searchArchive,
    description: 'Searches an archive and says how far it is.',
    parameters: z.object({ query: z.string() }),
    async execute({ query }, run?: RunContext<AgentContext>) {
      const context = contextOf(run)
      for (const [text, icon] of [
        ['Searching the archive …', 'search'],
        ['Reading 12 documents …', 'document'],
        ['Comparing what they say …', 'analytics'],
      ] as const) {
        await context.progress(text, icon)
        await delay(stepMs, undefined, { signal: context.signal })
      }
      return `The search for “${query}” is done. The lines above this answer were progress updates: each replaced the one before, and none of them is kept in the thread.`
    },
  })

const celebrate = tool({
  name: DEMO_TOOLS.celebrate,
  description: 'Has the page celebrate with a message.',
  parameters: z.object({ message: z.string() }),
  async execute({ message }, run?: RunContext<AgentContext>) {
    await contextOf(run).clientEffect('celebrate', { message })
    return 'The effect was sent.'
  },
})

const readPage = tool({
  name: DEMO_TOOLS.readPage,
  description: 'Asks the browser about the page that the user sees.',
  parameters: z.object({ fields: z.array(z.string()).max(20) }),
  execute(args, run?: RunContext<AgentContext>) {
    contextOf(run).clientToolCall(DEMO_TOOLS.readPage, args)
    return 'The browser was asked.'
  },
})

const setTitle = tool({
  name: DEMO_TOOLS.setTitle,
  description: 'Gives the thread another title.',
  parameters: z.object({ title: z.string().min(1).max(80) }),
  execute({ title }, run?: RunContext<AgentContext>) {
    contextOf(run).thread.title = title
    return `This thread is now called “${title}”.`
  },
})
