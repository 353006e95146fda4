/* What begins with a character of its own and is read without regard to what is open around it. */
import { findBareLink } from './bare-links.ts'
import { decodeEntity, ENTITY, ENTITY_START } from './entities.ts'
import { MORE, matchAt } from './found.ts'
import type { Waiting } from './mend.ts'
import type { Inline } from './nodes.ts'
import { backticks, codeText, findCode, findDollarFormula, findFormula, formulaMarks } from './quoted.ts'
import { findAngle } from './raw-html.ts'

/** What the constructs depend on. */
export interface ConstructRules {
  /** What opens math: nothing; `$$`, `\(` and `\[`; a single `$` besides. */
  math: 'none' | 'tex' | 'dollar'
  allowsLink(href: string): boolean
}

/** What was read, and where it ends. */
export interface Step {
  node: Inline
  end: number
  /** How many characters of the text before belong to it. */
  before?: number
}

const ESCAPABLE = /[!-/:-@[-`{-~]/

/**
 * Reads what begins at `at`, or says what to wait for. `earlier` is the text just before; within brackets a `]` ends an
 * address. Names that are not known go to `missing`.
 */
export function readConstruct(
  source: string,
  at: number,
  complete: boolean,
  rules: ConstructRules,
  earlier: string,
  inBrackets: boolean,
  missing: Set<string>,
): Step | Waiting {
  const char = source.charAt(at)
  const next = source.charAt(at + 1)
  switch (char) {
    case '\\':
      if (next === '') return complete ? asText(char, at) : {}
      if (next === '\n') return { node: { kind: 'break' }, end: at + 2 }
      if ((next === '(' || next === '[') && rules.math !== 'none') return readMath(source, at, complete)
      return ESCAPABLE.test(next) ? { node: { kind: 'text', text: next }, end: at + 2 } : asText(char, at)
    case '$':
      if (rules.math === 'none') return asText(char, at)
      if (next === '' && !complete) return {}
      return next === '$' || rules.math === 'dollar' ? readMath(source, at, complete) : asText(char, at)
    case '`':
      return readCode(source, at, complete)
    case '&': {
      const reference = matchAt(ENTITY, source, at)
      if (!reference) return !complete && matchAt(ENTITY_START, source, at) ? {} : asText(char, at)
      const text = decodeEntity(reference[1], reference[2] ?? '', missing)
      return text === undefined ? asText(char, at) : { node: { kind: 'text', text }, end: at + reference[0].length }
    }
    case '<': {
      const found = findAngle(source, at, complete)
      if (found === MORE) return next === '' || next === '!' ? {} : { show: shownAsText }
      return found ? linkStep(found, rules) : asText(char, at)
    }
    default: {
      const found = findBareLink(earlier, source, at, complete, inBrackets)
      if (found === MORE) return { show: shownAsText }
      const step = found && linkStep(found, rules)
      return step?.node.kind === 'link' ? step : asText(char, at)
    }
  }
}

export function asText(text: string, at: number): Step {
  return { node: { kind: 'text', text }, end: at + text.length }
}

/** What will most likely be text; emphasis behind an address is not seen. */
export function shownAsText(rest: string): Inline {
  return { kind: 'text', text: rest.replace(/(?<![*_~])[*_~]+$/, '') }
}

function linkStep(found: { href?: string; text: string; end: number; before?: number }, rules: ConstructRules): Step {
  const { href, text, end, before = 0 } = found
  const node: Inline = { kind: 'text', text }
  if (href === undefined || !rules.allowsLink(href)) return { node, end }
  return { node: { kind: 'link', href, title: '', children: [node] }, end, before }
}

function readCode(source: string, at: number, complete: boolean): Step | Waiting {
  const run = backticks(source, at)
  if (at + run.length >= source.length && !complete) return {}
  const code = findCode(source, at, run, complete)
  if (code === MORE) {
    return { show: (rest) => ({ kind: 'code', text: codeText(rest.slice(run.length).replace(/(?<!`)`+$/, '')) }) }
  }
  return code ? { node: { kind: 'code', text: code.text }, end: code.end } : asText(run, at)
}

function readMath(source: string, at: number, complete: boolean): Step | Waiting {
  const marks = formulaMarks(source, at)
  const found = marks ? findFormula(source, at, marks.close, complete) : findDollarFormula(source, at, complete)
  const display = marks?.display === true
  if (found === MORE) {
    if (!marks) return { show: shownAsText }
    return { show: (rest) => ({ kind: 'math', tex: rest.slice(2).replace(/[\\$]$/, ''), display, open: true }) }
  }
  if (found) return { node: { kind: 'math', tex: found.tex, display, open: false }, end: found.end }
  // What opens nothing is text: the signs, or the bracket that was escaped.
  if (source[at] === '$') return asText(marks ? '$$' : '$', at)
  return { node: { kind: 'text', text: source.charAt(at + 1) }, end: at + 2 }
}
