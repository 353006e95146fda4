/** The shortest way from an agent to a ChatKit server: a handler that answers each turn with it. */
import type { ThreadItem, ThreadStreamEvent } from '@millrace/protocol'
import type { Respond, Turn } from '@millrace/server'
import { AgentContext } from './agent-context.ts'
import { type StreamAgentOptions, streamAgent } from './stream-agent.ts'
import { type AgentInputOptions, toAgentInput } from './to-agent-input.ts'

/** Enough for a long conversation, and the cost of a turn stays bounded. */
const MAX_ITEMS = 100

export interface RespondOptions<Context> extends StreamAgentOptions<Context> {
  /** Items of the thread that the model is told, the newest ones. Default 100. */
  maxItems?: number
  /** Replaces how thread items become the agent's input. */
  input?: AgentInputOptions
  /** Called before the agent runs, with what its tools will be given: for a title in the background, a first event. */
  before?(context: AgentContext<Context>, turn: Turn<Context>): void
}

/**
 * Answers every turn with this agent: the thread's newest items become its input, and what it does becomes events.
 *
 * @example
 * new ChatKitServer({ store, log, respond: respondWith(new Agent({ name: 'Assistant' })) })
 */
export function respondWith<Context = unknown>(
  agent: Parameters<typeof streamAgent>[1],
  { maxItems = MAX_ITEMS, input = {}, before, ...streaming }: RespondOptions<Context> = {},
): Respond<Context> {
  return (turn) =>
    afterwards(async () => {
      const context = new AgentContext(turn)
      before?.(context, turn)
      return streamAgent(context, agent, await toAgentInput(await newestItems(turn, maxItems), input), streaming)
    })
}

/** The events of what `start` gives, once they are asked for. As an async generator each event would take two promises more. */
function afterwards(start: () => Promise<AsyncIterable<ThreadStreamEvent>>): AsyncIterable<ThreadStreamEvent> {
  return {
    [Symbol.asyncIterator]() {
      let events: AsyncIterator<ThreadStreamEvent> | undefined
      let hasLeft = false
      const over: IteratorResult<ThreadStreamEvent> = { value: undefined, done: true }
      const first = async () => {
        events = (await start())[Symbol.asyncIterator]()
        return hasLeft ? over : events.next()
      }
      return {
        next: () => (events ? events.next() : first()),
        async return() {
          hasLeft = true
          return (await events?.return?.()) ?? over
        },
      }
    },
  }
}

/** Oldest first, as the turn sees them: on a retry without those that were given up. */
async function newestItems<Context>(turn: Turn<Context>, limit: number): Promise<ThreadItem[]> {
  const page = await turn.store.listItems(turn.thread.id, { limit, order: 'desc' }, undefined, turn.context)
  return page.data.reverse()
}
