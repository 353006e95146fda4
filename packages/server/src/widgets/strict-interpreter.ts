/** Jinja as `.widget` files mean it: a name or an attribute that isn't there is an error, unless the template asks for it. */
import { type Environment, Interpreter, type Node, type RuntimeValue } from '@huggingface/jinja'

/** What may be asked of something that isn't there. */
const ASKING = new Set(['defined', 'undefined', 'default', 'd'])

/** Evaluates a template with Jinja's strict undefined. */
export class StrictInterpreter extends Interpreter {
  /** Operands of `is defined`, `default` and the like. */
  readonly #lenient = new WeakSet<object>()

  override evaluate(node: Node | undefined, environment: Environment): RuntimeValue {
    if (node) this.#allowAsking(node)
    const value = super.evaluate(node, environment)
    if (node && value.type === 'UndefinedValue' && isName(node) && !this.#lenient.has(node)) {
      throw new ReferenceError(
        `\`${nameOf(node)}\` is not there. Pass it, or ask for it by \`is defined\` or \`default\`.`,
      )
    }
    return value
  }

  #allowAsking(node: object): void {
    if (!('operand' in node) || typeof node.operand !== 'object' || node.operand === null) return
    const question = 'test' in node ? node.test : 'filter' in node ? node.filter : undefined
    if (ASKING.has(nameOf(question))) this.#lenient.add(node.operand)
  }
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
