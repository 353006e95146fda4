/** What a model is told, in the shape of the recorded cases: the Responses API's, without what only the Agents SDK adds. */
import type { AgentInputItem } from '@openai/agents'
import { type CompareOptions, difference, isRecord } from '../compare.ts'

/** An item that our converter made, in the words of the Responses API. */
export function toWire(item: AgentInputItem): unknown {
  switch (item.type) {
    case 'function_call':
      return { ...rest(item), type: item.type, call_id: item.callId, name: item.name, arguments: item.arguments }
    case 'function_call_result':
      return { ...rest(item), type: 'function_call_output', call_id: item.callId, output: item.output }
    case 'message':
    case undefined:
      return { ...item, content: typeof item.content === 'string' ? item.content : item.content.map(toWirePart) }
    default:
      return item
  }
}

function rest({ id, status }: { id?: string | undefined; status?: string | undefined }) {
  return { ...(id === undefined ? {} : { id }), ...(status === undefined ? {} : { status }) }
}

function toWirePart(part: unknown): unknown {
  if (!isRecord(part)) return part
  switch (part.type) {
    case 'output_text':
      return { annotations: [], ...part }
    case 'input_image': {
      const { image, ...others } = part
      return { ...others, image_url: image }
    }
    case 'input_file': {
      const { file, ...others } = part
      return { ...others, file_url: isRecord(file) ? file.url : file }
    }
    default:
      return part
  }
}

/** The first difference between inputs of a model. */
export function inputDifference(actual: unknown, expected: unknown, ignoreIds = false): string | undefined {
  const options: CompareOptions = { dropNulls: true }
  return difference(normal(actual, ignoreIds), normal(expected, ignoreIds), options)
}

const WIDGET = /^(The following graphical UI widget \(id: .*?\) was displayed to the user:)(\{.*\})$/s

/** What the rules of the cases do not compare is taken away, on both sides. */
function normal(value: unknown, ignoreIds: boolean, key = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => normal(entry, ignoreIds))
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(
      ([name, field]) =>
        field !== null &&
        field !== undefined &&
        name !== 'logprobs' &&
        // The JavaScript SDK asks for a status of items that are complete; the Python one takes them without.
        !(name === 'status' && (ignoreIds || field === 'completed')) &&
        !(name === 'id' && ignoreIds),
    )
    // A message needs no type on the wire, and the JavaScript SDK sends users' ones without.
    const implied = 'role' in value && !('type' in value) ? { type: 'message' } : {}
    return { ...implied, ...Object.fromEntries(entries.map(([name, field]) => [name, normal(field, ignoreIds, name)])) }
  }
  if (typeof value !== 'string') return value
  if (key === 'arguments' || key === 'output') return parsed(value)
  const [, prefix, widget] = WIDGET.exec(value) ?? []
  return widget === undefined ? value : [prefix, parsed(widget)]
}

function parsed(text: string): unknown {
  try {
    return { json: JSON.parse(text) }
  } catch {
    return text
  }
}
