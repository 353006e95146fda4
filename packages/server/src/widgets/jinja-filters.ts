/** Filters of Jinja that the interpreter lacks, or has for fewer kinds of values than Python's. */
import { Environment, type RuntimeValue } from '@huggingface/jinja'
import { entriesOf, pythonText } from './python-text.ts'

/** What a filter works with besides its operand: its arguments, by place and by name, and how a float is made. */
export interface Call {
  args: readonly RuntimeValue[]
  named: ReadonlyMap<string, RuntimeValue>
  float(value: number): RuntimeValue
}

type Filter = (operand: RuntimeValue, call: Call) => RuntimeValue

export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['string', (operand) => runtimeValue(pythonText(operand))],
  ['default', defaulted],
  ['d', defaulted],
  ['count', (operand) => runtimeValue(operand.value instanceof Map ? operand.value.size : partsOf(operand).length)],
  ['list', (operand) => runtimeValue(partsOf(operand))],
  ['first', (operand) => partsOf(operand)[0] ?? MISSING],
  ['last', (operand) => partsOf(operand).at(-1) ?? MISSING],
  [
    'reverse',
    (operand) => (operand.type === 'StringValue' ? runtimeValue(reversedText(operand)) : reversedList(operand)),
  ],
  ['sum', summed],
  ['min', (operand) => extreme(operand, (a, b) => a < b)],
  ['max', (operand) => extreme(operand, (a, b) => a > b)],
  ['round', rounded],
  ['escape', escaped],
  ['e', escaped],
  ['trim', trimmed],
  ['truncate', truncated],
  ['format', formatted],
  ['urlencode', (operand) => runtimeValue(urlEncoded(pythonText(operand)))],
  ['wordcount', (operand) => runtimeValue(pythonText(operand).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)],
])

/** A value for the interpreter; runtime values within a list are kept as they are. */
export function runtimeValue(value: unknown): RuntimeValue {
  if (!Array.isArray(value)) return new Environment().set('value', value)
  const list = new Environment().set('value', [])
  if (Array.isArray(list.value)) list.value.push(...value)
  return list
}

const MISSING = runtimeValue(undefined)

/** The entries of a list, or the characters of a text. */
function partsOf(operand: RuntimeValue): readonly RuntimeValue[] {
  if (operand.type === 'StringValue') return [...String(operand.value)].map(runtimeValue)
  if (operand.value instanceof Map) return [...operand.value.keys()].map(runtimeValue)
  return entriesOf(operand)
}

function defaulted(operand: RuntimeValue, { args, named }: Call): RuntimeValue {
  const [preset = named.get('default_value') ?? runtimeValue(''), boolean = named.get('boolean')] = args
  if (operand.type === 'UndefinedValue') return preset
  return boolean && isTrue(boolean) && !isTrue(operand) ? preset : operand
}

function isTrue({ value }: RuntimeValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value instanceof Map ? value.size > 0 : Boolean(value)
}

function reversedText(operand: RuntimeValue): string {
  return [...String(operand.value)].reverse().join('')
}

function reversedList(operand: RuntimeValue): RuntimeValue {
  return runtimeValue([...entriesOf(operand)].reverse())
}

function summed(operand: RuntimeValue, { args, named, float }: Call): RuntimeValue {
  const attribute = args[0] ?? named.get('attribute')
  const entries = entriesOf(operand).map((entry) => (attribute ? fieldOf(entry, pythonText(attribute)) : entry))
  const start = args[1] ?? named.get('start')
  const terms = start ? [start, ...entries] : entries
  const total = terms.reduce((sum, term) => sum + numberOf(term), 0)
  return terms.some(({ type }) => type === 'FloatValue') ? float(total) : runtimeValue(total)
}

function fieldOf(entry: RuntimeValue, name: string): RuntimeValue {
  const field: unknown = entry.value instanceof Map ? entry.value.get(name) : undefined
  if (isRuntimeValue(field)) return field
  throw new ReferenceError(`\`${name}\` is not there.`)
}

function isRuntimeValue(value: unknown): value is RuntimeValue {
  return typeof value === 'object' && value !== null && 'type' in value && 'value' in value
}

function numberOf({ type, value }: RuntimeValue): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value)
  throw new TypeError(`A ${type} is no number.`)
}

function extreme(operand: RuntimeValue, isBetter: (a: string | number, b: string | number) => boolean): RuntimeValue {
  const entries = partsOf(operand)
  const keyOf = (entry: RuntimeValue) =>
    entry.type === 'StringValue' ? String(entry.value).toLowerCase() : numberOf(entry)
  return entries.reduce((best, entry) => (isBetter(keyOf(entry), keyOf(best)) ? entry : best), entries[0] ?? MISSING)
}

/** Half goes to the even neighbour, as in Python. */
function rounded(operand: RuntimeValue, { args, named, float }: Call): RuntimeValue {
  const places = numberOf(args[0] ?? named.get('precision') ?? runtimeValue(0))
  const method = pythonText(args[1] ?? named.get('method') ?? runtimeValue('common'))
  const scale = 10 ** places
  const number = numberOf(operand)
  if (method === 'floor') return float(Math.floor(number * scale) / scale)
  if (method === 'ceil') return float(Math.ceil(number * scale) / scale)
  const whole = Math.floor(number * scale)
  if (number * scale - whole === 0.5) return float((whole % 2 === 0 ? whole : whole + 1) / scale)
  return float(places >= 0 ? Number(number.toFixed(places)) : Math.round(number * scale) / scale)
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

function escaped(operand: RuntimeValue): RuntimeValue {
  return runtimeValue(pythonText(operand).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character))
}

function trimmed(operand: RuntimeValue, { args, named }: Call): RuntimeValue {
  const given = args[0] ?? named.get('chars')
  const text = pythonText(operand)
  if (!given || given.type === 'NullValue') return runtimeValue(text.trim())
  const characters = new Set(pythonText(given))
  const kept = [...text]
  while (characters.has(kept[0] ?? '')) kept.shift()
  while (characters.has(kept.at(-1) ?? '')) kept.pop()
  return runtimeValue(kept.join(''))
}

/** A text that is longer by no more than the leeway stays whole; another one ends after its last whole word. */
function truncated(operand: RuntimeValue, { args, named }: Call): RuntimeValue {
  const argument = (place: number, name: string, preset: unknown) =>
    args[place] ?? named.get(name) ?? runtimeValue(preset)
  const text = [...pythonText(operand)]
  const length = numberOf(argument(0, 'length', 255))
  const end = pythonText(argument(2, 'end', '...'))
  const leeway = argument(3, 'leeway', 5)
  if (text.length <= length + (leeway.type === 'NullValue' ? 5 : numberOf(leeway))) return runtimeValue(text.join(''))
  const cut = text.slice(0, Math.max(0, length - [...end].length)).join('')
  if (isTrue(argument(1, 'killwords', false))) return runtimeValue(cut + end)
  const space = cut.lastIndexOf(' ')
  return runtimeValue((space < 0 ? cut : cut.slice(0, space)) + end)
}

/** As Python's `%`, for texts and numbers: `%s`, `%d`, `%f`, `%.2f`, `%%`. */
function formatted(operand: RuntimeValue, { args }: Call): RuntimeValue {
  const values = [...args]
  const text = pythonText(operand).replace(
    /%(?:\.(\d+))?([sdf%])/g,
    (_all, places: string | undefined, kind: string) => {
      if (kind === '%') return '%'
      const value = values.shift()
      if (!value) throw new TypeError('There are fewer values than the format has places for.')
      if (kind === 's') return pythonText(value)
      return kind === 'd' ? String(Math.trunc(numberOf(value))) : numberOf(value).toFixed(Number(places ?? 6))
    },
  )
  return runtimeValue(text)
}

function urlEncoded(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replaceAll('%2F', '/')
}
