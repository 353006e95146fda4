/** One chat with an agent on a server in memory, for tests: what is asked, what comes, how it ends. */
import type { ThreadItem, ThreadStreamEvent } from '@millrace/protocol'
import { ChatKitServer, MemoryRunLog, MemoryStore, type RunEnd, type Turn } from '@millrace/server'
import { type Agent, type ModelProvider, Runner } from '@openai/agents'
import { AgentContext } from '../agent-context.ts'
import type { StreamMappers } from '../mappers/mappers.ts'
import { streamAgent } from '../stream-agent.ts'
import { streamAgentRun } from '../stream-agent-run.ts'
import { tapped } from '../tap.ts'
import { toAgentInput } from '../to-agent-input.ts'

/** The two ways through the adapter. */
export const PATHS = ['streamAgent', 'streamAgentRun'] as const
export type Path = (typeof PATHS)[number]

export interface Chat {
  /** Sends a message and reads the answer to its end. */
  say(text: string): Promise<Answer>
  /** Sends a message; the run is not read yet. */
  begin(text: string): Promise<Begun>
  items(): Promise<ThreadItem[]>
  readonly threadId: string
}

export interface Answer {
  events: ThreadStreamEvent[]
  end: RunEnd | undefined
}

export interface Begun {
  read(signal?: AbortSignal): Promise<Answer>
  stop(): Promise<RunEnd>
}

export interface ChatOptions {
  agent: Agent<AgentContext, 'text'>
  provider?: ModelProvider
  path?: Path
  mappers?: StreamMappers
  /** Called with each turn's context before the run. */
  prepare?(context: AgentContext, turn: Turn): void
  store?: MemoryStore
}

const USER = { userId: 'alice' }

export function chatWith({
  agent,
  provider,
  path = 'streamAgent',
  mappers = {},
  prepare,
  store = new MemoryStore(),
}: ChatOptions): Chat {
  const modelProvider = provider && (path === 'streamAgent' ? tapped(provider) : provider)
  const runner = new Runner({ tracingDisabled: true, ...(modelProvider ? { modelProvider } : {}) })
  const server = new ChatKitServer<unknown>({
    store,
    log: new MemoryRunLog(),
    unfinishedOnError: 'drop',
    async *respond(turn) {
      const context = new AgentContext(turn)
      prepare?.(context, turn)
      const page = await turn.store.listItems(turn.thread.id, { limit: 20, order: 'desc' }, undefined, turn.context)
      const input = await toAgentInput(page.data.reverse())
      if (path === 'streamAgent') yield* streamAgent(context, agent, input, { runner, mappers })
      else yield* streamAgentRun(context, await runner.run(agent, input, { stream: true, context }), mappers)
    },
  })
  let threadId = ''

  const begin = async (text: string): Promise<Begun> => {
    const input = { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} }
    const request = threadId
      ? { type: 'threads.add_user_message', params: { thread_id: threadId, input } }
      : { type: 'threads.create', params: { input } }
    const started = await server.process(request, USER)
    if (!('run' in started)) throw new Error('The request started no run.')
    threadId = started.run.info.threadId
    return {
      stop: () => started.run.stop(),
      read: async (signal = new AbortController().signal) => {
        const events: ThreadStreamEvent[] = []
        let end: RunEnd | undefined
        for await (const entries of started.run.read(0, signal)) {
          for (const entry of entries) {
            if ('end' in entry) end = entry.end
            else if (!entry.ours) events.push(JSON.parse(entry.data))
          }
        }
        return { events, end }
      },
    }
  }
  return {
    begin,
    say: async (text) => (await begin(text)).read(),
    items: async () => (await store.listItems(threadId, { limit: 1000, order: 'asc' }, undefined, USER)).data,
    get threadId() {
      return threadId
    },
  }
}

/** The text that deltas add up to. */
export function textOf(events: readonly ThreadStreamEvent[]): string {
  return events
    .map((event) =>
      event.type === 'thread.item.updated' && event.update.type === 'assistant_message.content_part.text_delta'
        ? event.update.delta
        : '',
    )
    .join('')
}

/** What happened, one word per event: its type, or that of the item or update. */
export function outline(events: readonly ThreadStreamEvent[]): string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'thread.item.added':
      case 'thread.item.done':
        return `${event.item.type} ${event.type.slice('thread.item.'.length)}`
      case 'thread.item.updated':
        return event.update.type.replace('assistant_message.', '')
      default:
        return event.type
    }
  })
}
