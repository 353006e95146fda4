/** Values of a template as text: Python writes them, and a `.widget` file may count on it. */
import type { RuntimeValue } from '@huggingface/jinja'

/** What `{{ value }}`, `~` and the filter `string` write. Throws for what isn't there. */
export function pythonText(value: RuntimeValue): string {
  return value.type === 'StringValue' ? String(value.value) : pythonLiteral(value)
}

/** As within a list: texts in quotes. */
function pythonLiteral(value: RuntimeValue): string {
  switch (value.type) {
    case 'StringValue':
      return quoted(String(value.value))
    case 'BooleanValue':
      return value.value ? 'True' : 'False'
    case 'NullValue':
      return 'None'
    case 'UndefinedValue':
      throw new ReferenceError('A value is not there. Pass it, or ask for it by `is defined` or `default`.')
    case 'TupleValue':
      return entriesOf(value).length === 1 ? `(${listed(value)},)` : `(${listed(value)})`
    case 'ArrayValue':
      return `[${listed(value)}]`
    case 'ObjectValue':
      return `{${fieldsOf(value)
        .map(([key, field]) => `${quoted(key)}: ${pythonLiteral(field)}`)
        .join(', ')}}`
    default:
      return value.toString()
  }
}

function listed(value: RuntimeValue): string {
  return entriesOf(value).map(pythonLiteral).join(', ')
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return `${quote}${escaped}${quote}`
}

/** The entries of a list, the characters of a text, the keys of an object; throws for what can't be gone through. */
export function entriesOf(value: RuntimeValue): readonly RuntimeValue[] {
  if (Array.isArray(value.value)) return value.value
  throw new TypeError(`A ${value.type} is no list.`)
}

function fieldsOf({ value }: RuntimeValue): [string, RuntimeValue][] {
  return value instanceof Map ? [...value] : []
}
