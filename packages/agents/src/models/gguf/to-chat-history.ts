/** The Agents SDK's request as the chat and the functions of node-llama-cpp. */
import type { AgentInputItem, ModelRequest } from '@openai/agents'
import { toGrammarSchema } from './function-schema.ts'
import type { ChatFunctionCall, ChatFunctions, ChatItem } from './llama-binding.ts'

/**
 * The chat of a request: what the model said in one turn, calls of functions included, is one item. Thoughts are left
 * out (templates do so, too), and so are the calls where `callsTools` is false: their syntax would only confuse the model.
 */
export function toChatHistory(request: ModelRequest, callsTools: boolean): ChatItem[] {
  const chat: ChatItem[] = []
  if (request.systemInstructions) chat.push({ type: 'system', text: request.systemInstructions })
  if (typeof request.input === 'string') return [...chat, { type: 'user', text: request.input }]
  const calls = new Map<string, ChatFunctionCall>()
  for (const item of request.input) {
    if ('role' in item) {
      const text = textOf(item)
      if (text === '') continue
      if (item.role === 'assistant') modelTurn(chat).push(text)
      else chat.push({ type: item.role, text })
    } else if (item.type === 'function_call' && callsTools) {
      calls.set(item.callId, {
        type: 'functionCall',
        name: item.name,
        params: parse(item.arguments),
        result: undefined,
      })
    } else if (item.type === 'function_call_result') {
      const call = calls.get(item.callId)
      if (call === undefined) continue
      // Only answered calls are told: node-llama-cpp has no form for one that is still open.
      call.result = parse(resultText(item.output))
      modelTurn(chat).push(call)
    }
  }
  return chat
}

/** The agent's function tools and hand-offs. Hosted tools need a service, and are not for a model in this process. */
export function toChatFunctions(request: ModelRequest): ChatFunctions | undefined {
  const functions: ChatFunctions = {}
  for (const tool of request.tools) {
    if (tool.type !== 'function') continue
    functions[tool.name] = { description: tool.description, params: toGrammarSchema(tool.parameters) }
  }
  for (const handoff of request.handoffs) {
    functions[handoff.toolName] = {
      description: handoff.toolDescription,
      params: toGrammarSchema(handoff.inputJsonSchema),
    }
  }
  return Object.keys(functions).length === 0 ? undefined : functions
}

function modelTurn(chat: ChatItem[]): (string | ChatFunctionCall)[] {
  const last = chat.at(-1)
  if (last?.type === 'model') return last.response
  const response: (string | ChatFunctionCall)[] = []
  chat.push({ type: 'model', response })
  return response
}

type Message = Extract<AgentInputItem, { role: string }>

function textOf(message: Message): string {
  if (typeof message.content === 'string') return message.content
  return message.content.map((part) => partText(part)).join('')
}

function partText(part: Exclude<Message['content'], string>[number]): string {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return part.text
    case 'refusal':
      return part.refusal
    case 'input_image':
    case 'image':
      return '[An image that you cannot see.]'
    case 'input_file':
      return `[A file that you cannot read: ${part.filename ?? 'unnamed'}.]`
    default:
      return ''
  }
}

type ToolOutput = Extract<AgentInputItem, { type: 'function_call_result' }>['output']

function resultText(output: ToolOutput): string {
  if (typeof output === 'string') return output
  if (Array.isArray(output)) return output.map((part) => (part.type === 'input_text' ? part.text : '')).join('')
  return output.type === 'text' ? output.text : ''
}

/** JSON where it is JSON, else the text itself. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
