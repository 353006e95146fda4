/** Jinja as `.widget` files mean it: a name or an attribute that isn't there is an error, unless the template asks for it. */
import { type Environment, Interpreter, type Node, type RuntimeValue } from '@huggingface/jinja'
import { FILTERS, runtimeValue } from './jinja-filters.ts'
import { entriesOf, pythonText } from './python-text.ts'
import { isNode } from './template-check.ts'

/** What may be asked of something that isn't there. */
const ASKING = new Set(['defined', 'undefined', 'default', 'd'])

/** Stands in the syntax tree for a value that is known already. */
interface Given extends Node {
  given: RuntimeValue
}

/** Evaluates a template with Jinja's strict undefined, and writes values as Python does. */
export class StrictInterpreter extends Interpreter {
  /** The nodes whose values are written out. */
  readonly #outputs: WeakSet<object>
  /** Operands of `is defined`, `default` and the like. */
  readonly #lenient = new WeakSet<object>()
  /** Operands of all other filters. */
  readonly #filtered = new WeakSet<object>()

  constructor(environment: Environment, outputs: WeakSet<object>) {
    super(environment)
    this.#outputs = outputs
  }

  override evaluate(node: Node | undefined, environment: Environment): RuntimeValue {
    const value = this.#evaluate(node, environment)
    if (!node) return value
    if (value.type === 'UndefinedValue' && this.#filtered.has(node))
      throw new ReferenceError('There is nothing to filter.')
    // An `if` without `else` that doesn't hold writes nothing.
    const isNothing = value.type === 'UndefinedValue' && node.type === 'SelectExpression'
    return this.#outputs.has(node) && !isNothing ? runtimeValue(pythonText(value)) : value
  }

  #evaluate(node: Node | undefined, environment: Environment): RuntimeValue {
    if (node && isGiven(node)) return node.given
    if (node) this.#allowAsking(node)
    const value = node ? this.#ownValue(node, environment) : undefined
    if (value) return value
    return this.#known(node, environment)
  }

  #known(node: Node | undefined, environment: Environment): RuntimeValue {
    const value = super.evaluate(node, environment)
    if (node && value.type === 'UndefinedValue' && isName(node) && !this.#lenient.has(node)) {
      throw new ReferenceError(
        `\`${nameOf(node)}\` is not there. Pass it, or ask for it by \`is defined\` or \`default\`.`,
      )
    }
    return value
  }

  /** The value of what the interpreter doesn't know, or knows in another way than Python. */
  #ownValue(node: Node, environment: Environment): RuntimeValue | undefined {
    if (node.type === 'BinaryExpression' && 'operator' in node && nameOf(node.operator) === '~') {
      const [left, right] = [childOf(node, 'left'), childOf(node, 'right')]
      return runtimeValue(pythonText(this.evaluate(left, environment)) + pythonText(this.evaluate(right, environment)))
    }
    return node.type === 'FilterExpression' && 'filter' in node
      ? this.#filter(node, node.filter, environment)
      : undefined
  }

  #filter(node: Node, filter: unknown, environment: Environment): RuntimeValue | undefined {
    const name = nameOf(filter)
    const own = FILTERS.get(name)
    const isMapping = name === 'map' || name === 'select' || name === 'reject'
    if (!own && !isMapping) return undefined
    const call = this.#argumentsOf(filter, environment)
    if (own) return own(this.evaluate(childOf(node, 'operand'), environment), call)
    const [by, ...more] = call.args
    if (by?.type !== 'StringValue' || more.length > 0) return undefined
    const word = { type: 'Identifier', value: by.value }
    const entries = entriesOf(this.evaluate(childOf(node, 'operand'), environment))
    if (name === 'map') {
      const mapped = (operand: Given) => ({ type: 'FilterExpression', operand, filter: word })
      return runtimeValue(entries.map((entry) => this.evaluate(mapped(given(entry)), environment)))
    }
    const asked = (operand: Given) => ({ type: 'TestExpression', operand, negate: name === 'reject', test: word })
    return runtimeValue(entries.filter((entry) => this.evaluate(asked(given(entry)), environment).value === true))
  }

  #argumentsOf(filter: unknown, environment: Environment) {
    const args: RuntimeValue[] = []
    const named = new Map<string, RuntimeValue>()
    const nodes: unknown = isNode(filter) && 'args' in filter ? filter.args : []
    for (const node of Array.isArray(nodes) ? nodes : []) {
      if (!isNode(node)) continue
      if ('key' in node) named.set(nameOf(node.key), this.evaluate(childOf(node, 'value'), environment))
      else args.push(this.evaluate(node, environment))
    }
    const float = (value: number) => super.evaluate({ type: 'FloatLiteral', ...{ value } }, environment)
    return { args, named, float }
  }

  #allowAsking(node: object): void {
    if (!('operand' in node) || typeof node.operand !== 'object' || node.operand === null) return
    const question = 'test' in node ? node.test : 'filter' in node ? node.filter : undefined
    if (ASKING.has(nameOf(question))) this.#lenient.add(node.operand)
    else if ('filter' in node) this.#filtered.add(node.operand)
  }
}

function given(value: RuntimeValue): Given {
  return { type: 'Given', given: value }
}

function isGiven(node: Node): node is Given {
  return node.type === 'Given'
}

function childOf(node: Node, key: string): Node | undefined {
  const child: unknown = Reflect.get(node, key)
  return isNode(child) ? child : undefined
}

function isName(node: Node): boolean {
  return node.type === 'Identifier' || node.type === 'MemberExpression'
}

/** The name in a node of the syntax tree: of an identifier, of an attribute, of what is called. */
function nameOf(node: unknown): string {
  if (typeof node !== 'object' || node === null) return ''
  if ('value' in node && typeof node.value === 'string') return node.value
  if ('callee' in node) return nameOf(node.callee)
  return 'object' in node && 'property' in node ? `${nameOf(node.object)}.${nameOf(node.property)}` : ''
}
