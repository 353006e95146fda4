/** A thread's title, made by a small agent from the first message while the answer is already under way. */
import { ChatKitError, type UserMessageItem } from '@millrace/protocol'
import { Agent, type Model, Runner } from '@openai/agents'
import { type AgentContext, outletOf } from './agent-context.ts'

const INSTRUCTIONS =
  'Write a title for a chat that begins with the message you are given: two to six words in the language of that message, ' +
  'without quotes and without a full stop. Do not answer the message. Write the title alone.'

/** Characters. What a message is about shows at its beginning. */
const MAX_INPUT = 4_000
const MAX_TITLE = 80

export interface TitleOptions {
  /** The model that writes it: a name, or the model itself. Default: the runner's own. */
  model?: string | Model
  /** Default: one with the Agents SDK's defaults. */
  runner?: Runner
  /** After how many milliseconds the title is given up. Default: 30,000. */
  timeoutMs?: number
}

export interface BackgroundTitleOptions extends TitleOptions {
  /** How long the end of the run waits for the title, in milliseconds. Default: 2,000. */
  maxWaitMs?: number
  /** Told why there is no title; the thread stays as it is, and the next message tries again. */
  onError?(error: unknown): void
}

/** A title for a chat that begins with `text`: one line of at most 80 characters, or nothing. Throws what the agent's run throws. */
export async function titleFor(text: string, options: TitleOptions = {}): Promise<string | undefined> {
  const { model, runner = new Runner(), timeoutMs = 30_000 } = options
  const agent = new Agent({ name: 'Title', instructions: INSTRUCTIONS, ...(model === undefined ? {} : { model }) })
  const signal = AbortSignal.timeout(timeoutMs)
  const { finalOutput } = await runner.run(agent, text.slice(0, MAX_INPUT), { maxTurns: 1, signal })
  return typeof finalOutput === 'string' ? oneLine(finalOutput) : undefined
}

/**
 * Gives a thread that has none a title, made from the user's message of this turn. The answer's text never waits for it:
 * the end of the run does, for a while, and a title that comes later is only saved. A title which the thread got meanwhile
 * stays. Call it before `streamAgent`.
 */
export function titleInBackground<Context>(
  context: AgentContext<Context>,
  message: UserMessageItem | undefined,
  options: BackgroundTitleOptions = {},
): void {
  const text = message ? textOf(message) : ''
  if (context.thread.title !== undefined || text === '') return
  const work = titleFor(text, options)
    .then((title) => (title === undefined ? undefined : setTitle(context, title)))
    .catch((error: unknown) => options.onError?.(error))
  outletOf(context).waitAtEnd(work, options.maxWaitMs ?? 2_000)
}

async function setTitle<Context>(context: AgentContext<Context>, title: string): Promise<void> {
  if (!outletOf(context).isOver && !context.signal.aborted) {
    context.thread.title ??= title
    return
  }
  const { store, requestContext } = context
  try {
    const thread = await store.loadThread(context.thread.id, requestContext)
    if (thread.title === undefined) await store.saveThread({ ...thread, title }, ['title'], requestContext)
  } catch (error) {
    // The thread was deleted meanwhile.
    if (!(error instanceof ChatKitError && error.code === 'not_found')) throw error
  }
}

function textOf({ content }: UserMessageItem): string {
  return content
    .map((part) => part.text)
    .join('')
    .trim()
}

/** Models wrap titles in quotes or add a full stop, whatever they are told. */
function oneLine(output: string): string | undefined {
  const line = output.trim().split('\n', 1)[0] ?? ''
  const title = line.trim().replace(/^["'“”„«»`*]+|["'“”„«»`*.]+$/g, '')
  return title.slice(0, MAX_TITLE).trim() || undefined
}
