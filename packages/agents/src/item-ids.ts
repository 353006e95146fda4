/**
 * Ids of the items that a model makes: its own, as in the reference, unless the thread has an item of that id already or it
 * is the Agents SDK's placeholder; else the second answer would overwrite the first.
 */
import { ChatKitError } from '@millrace/protocol'
import type { AgentContext } from './agent-context.ts'

/** What the Agents SDK writes where a Chat Completions service names no id. */
const PLACEHOLDER = 'FAKE_ID'

export async function chooseItemId<Context>(
  context: AgentContext<Context>,
  modelId: string | undefined,
  taken: ReadonlySet<string>,
  kind: 'message' | 'tool_call',
): Promise<string> {
  if (modelId && modelId !== PLACEHOLDER && !taken.has(modelId) && !(await isStored(context, modelId))) return modelId
  return context.generateId(kind)
}

async function isStored<Context>(context: AgentContext<Context>, itemId: string): Promise<boolean> {
  try {
    await context.store.loadItem(context.thread.id, itemId, context.requestContext)
    return true
  } catch (error) {
    if (error instanceof ChatKitError && error.code === 'not_found') return false
    throw error
  }
}
