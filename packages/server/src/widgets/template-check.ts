/** What Jinja finds wrong with a template before it is filled, and which of its nodes are written out. */
import type { Node } from '@huggingface/jinja'

const FILTER_NAMES: ReadonlySet<string> = new Set(
  `abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format groupby
  indent int items join last length list lower map max min pprint random reject rejectattr replace reverse round safe select
  selectattr slice sort string striptags sum title tojson trim truncate unique upper urlencode urlize wordcount wordwrap
  xmlattr`.split(/\s+/),
)

const TEST_NAMES: ReadonlySet<string> = new Set(
  `boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt in integer iterable le
  lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper`.split(/\s+/),
)

/** Statements; everything else in a block, but for plain text, is a value that is written out. */
const SILENT: ReadonlySet<string> = new Set(
  'If For Set Macro Comment CallStatement FilterStatement StringLiteral'.split(' '),
)

const BLOCKS = ['body', 'alternate', 'defaultBlock']

/**
 * The nodes of a template whose values are written out.
 * @throws SyntaxError for a filter or a test that Jinja doesn't know, and for `break` and `continue`, which it has not by itself
 */
export function outputsOf(program: Node): WeakSet<object> {
  const outputs = new WeakSet<object>()
  visit(program, outputs)
  return outputs
}

function visit(value: unknown, outputs: WeakSet<object>): void {
  if (value instanceof Map) {
    for (const entry of value) visit(entry, outputs)
  } else if (Array.isArray(value)) {
    for (const entry of value) visit(entry, outputs)
  } else if (isNode(value)) {
    check(value)
    for (const block of BLOCKS) {
      const body: unknown = Reflect.get(value, block)
      if (Array.isArray(body))
        for (const entry of body) if (isNode(entry) && !SILENT.has(entry.type)) outputs.add(entry)
    }
    for (const field of Object.values(value)) visit(field, outputs)
  }
}

function check(node: Node): void {
  if (node.type === 'Break' || node.type === 'Continue') throw new SyntaxError(`${node.type} is no tag of Jinja.`)
  const filter = 'filter' in node ? nameOf(node.filter) : undefined
  if (filter !== undefined && !FILTER_NAMES.has(filter)) throw new SyntaxError(`No filter is named \`${filter}\`.`)
  const test = node.type === 'TestExpression' && 'test' in node ? nameOf(node.test) : undefined
  if (test !== undefined && !TEST_NAMES.has(test)) throw new SyntaxError(`No test is named \`${test}\`.`)
}

/** The name of a filter or a test, with arguments or without. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if ('callee' in node) return nameOf(node.callee)
  return 'value' in node && typeof node.value === 'string' ? node.value : undefined
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
