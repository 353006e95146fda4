/** `.widget` files, as the widget builder exports them: a Jinja template that renders to the JSON of a widget. */
import { Environment, type Node, parse, tokenize } from '@huggingface/jinja'
import { ChatKitError, type DynamicWidgetComponent, type DynamicWidgetRoot } from '@millrace/protocol'
import { StrictInterpreter } from './strict-interpreter.ts'
import { outputsOf } from './template-check.ts'

/** What a `.widget` file holds; its `jsonSchema` and preview are for the builder. */
export interface WidgetDefinition {
  version: string
  name: string
  template: string
  [more: string]: unknown
}

/**
 * A widget with gaps. It is parsed once, built as often as needed.
 * @example
 * const weather = new WidgetTemplate(await readFile('weather.widget', 'utf8'))
 * yield* streamWidget(turn, weather.build({ city: 'Oslo' }))
 */
export class WidgetTemplate {
  readonly name: string
  readonly #program: Node
  readonly #outputs: WeakSet<object>

  /**
   * `definition`: the file's text, or what is in it.
   * @throws ChatKitError `invalid_request` when it is no definition of version 1.0, or its template can't be parsed.
   */
  constructor(definition: string | WidgetDefinition) {
    const { version, name, template } = typeof definition === 'string' ? readDefinition(definition) : definition
    if (version !== '1.0') throw refusal(`Its version is ${JSON.stringify(version) ?? 'missing'}. Export it as 1.0.`)
    if (typeof name !== 'string') throw refusal('It has no `name`. Export it anew.')
    if (typeof template !== 'string') throw refusal(`${name} has no \`template\`. Export it anew.`)
    this.name = name
    try {
      this.#program = parse(tokenize(template))
      this.#outputs = outputsOf(this.#program)
    } catch (error) {
      throw refusal(`The template of ${name} can't be read: ${messageOf(error)}`, error)
    }
  }

  /**
   * The widget with its gaps filled from `data`; the template writes values by the filter `tojson`. As in the reference props
   * aren't checked and nulls are dropped.
   * @throws ChatKitError `invalid_request` when the template needs what `data` doesn't have, or renders to no widget.
   */
  build(data: Readonly<Record<string, unknown>> | null = {}): DynamicWidgetRoot {
    const text = this.#render(data ?? {})
    const widget = parseWidget(text, this.name)
    if (isRoot(widget)) return widget
    throw refusal(
      `${this.name} renders to no widget. Its root is a Card, a ListView or Basic, and every child has a type.`,
    )
  }

  #render(data: Readonly<Record<string, unknown>>): string {
    try {
      const result = new StrictInterpreter(environmentOf(data), this.#outputs).run(this.#program)
      return String(result.value)
    } catch (error) {
      throw refusal(`${this.name} can't be filled: ${messageOf(error)}`, error)
    }
  }
}

function readDefinition(text: string): Partial<Record<keyof WidgetDefinition, unknown>> {
  try {
    const definition: unknown = JSON.parse(text)
    if (isFields(definition)) return definition
  } catch (error) {
    throw refusal('It is not JSON. Export it anew.', error)
  }
  throw refusal('It is not a JSON object. Export it anew.')
}

function environmentOf(data: Readonly<Record<string, unknown>>): Environment {
  const environment = new Environment()
  const constants = { true: true, True: true, false: false, False: false, none: null, None: null, range }
  for (const [name, value] of Object.entries({ ...constants, ...data })) environment.set(name, value)
  return environment
}

/** Jinja's `range(stop)`, `range(start, stop)` and `range(start, stop, step)`; as much of it as a widget may show. */
function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined || second === null ? [0, first] : [first, second]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (!(length <= MAX_RANGE)) throw new RangeError(`range() gives at most ${MAX_RANGE} numbers.`)
  return Array.from({ length }, (_, index) => start + index * step)
}

const MAX_RANGE = 100_000

/** Without nulls, also in lists: so the reference writes every widget. */
function parseWidget(text: string, name: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (value === null) return undefined
      return Array.isArray(value) ? value.filter((entry) => entry !== undefined) : value
    })
  } catch (error) {
    throw refusal(`${name} renders to text that is not JSON. Write values by the filter tojson.`, error)
  }
}

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Card', 'ListView', 'Basic'])

function isRoot(value: unknown): value is DynamicWidgetRoot {
  return isComponent(value) && ROOT_TYPES.has(value.type)
}

function isComponent(value: unknown): value is DynamicWidgetComponent {
  if (!isFields(value) || typeof value.type !== 'string') return false
  if (!isOptionalText(value.id) || !isOptionalText(value.key)) return false
  const { children } = value
  return children === undefined || (Array.isArray(children) ? children.every(isComponent) : isComponent(children))
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusal(reason: string, cause?: unknown): ChatKitError {
  return new ChatKitError('invalid_request', `The widget template can't be used. ${reason}`, { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
