/** What the demo model reads out of a request: the user's last words, and what tools have answered since. */
import type { AgentInputItem, ModelRequest } from '@openai/agents'

export interface DemoTurn {
  /** The user's last message, as typed. */
  said: string
  /** Outputs of the tools called since, by tool name; the latest wins. */
  results: ReadonlyMap<string, string>
  /** Names of the tools that the agent has. */
  tools: ReadonlySet<string>
  /** Whether this is the small agent that names threads, and not the conversation. */
  wantsTitle: boolean
}

/** How ChatKit's converter tells a model of what else the user has seen; none of it was said by the user. */
const NOT_SAID =
  /^(?:The following graphical UI widget|A message was displayed to the user|The following image was generated|<HiddenContext>|# User-provided context|The user is referring to this in particular)/

/** How the command tells a model of a file that came with a message, beside what the user typed. */
const ATTACHED = /^The user attached the file /

export function readTurn(request: ModelRequest): DemoTurn {
  const items: AgentInputItem[] =
    typeof request.input === 'string' ? [{ role: 'user', content: request.input }] : request.input
  const results = new Map<string, string>()
  let said = ''
  for (const item of items) {
    if (item.type === 'function_call_result') results.set(item.name, resultText(item.output))
    const words = wordsOf(item)
    if (words === undefined || NOT_SAID.test(words)) continue
    said = words
    results.clear()
  }
  const tools = new Set<string>()
  for (const tool of request.tools) if (tool.type === 'function') tools.add(tool.name)
  const wantsTitle = tools.size === 0 && /\btitle\b/i.test(request.systemInstructions ?? '')
  return { said: said.trim(), results, tools, wantsTitle }
}

function wordsOf(item: AgentInputItem): string | undefined {
  if (!('role' in item) || item.role !== 'user') return undefined
  if (typeof item.content === 'string') return item.content
  return item.content.map((part) => (part.type === 'input_text' && !ATTACHED.test(part.text) ? part.text : '')).join('')
}

type ToolOutput = Extract<AgentInputItem, { type: 'function_call_result' }>['output']

function resultText(output: ToolOutput): string {
  if (typeof output === 'string') return output
  if (Array.isArray(output)) return output.map((part) => (part.type === 'input_text' ? part.text : '')).join('')
  return output.type === 'text' ? output.text : ''
}
