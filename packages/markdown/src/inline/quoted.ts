import { type Found, MORE, matchAt } from './found.ts'

const BACKTICKS = /`+/y

/** The run of backticks at `at`. */
export function backticks(text: string, at: number): string {
  return matchAt(BACKTICKS, text, at)?.[0] ?? ''
}

/** A code span that `run` opens at `at`: to the next run of the same length (CommonMark §6.1). */
export function findCode(text: string, at: number, run: string, complete: boolean): Found<{ text: string }> {
  const start = at + run.length
  for (const { 0: closing, index } of text.slice(start).matchAll(/`+/g)) {
    const end = start + index + closing.length
    if (end >= text.length && !complete) return MORE
    if (closing === run) return { text: codeText(text.slice(start, start + index)), end }
  }
  return complete ? undefined : MORE
}

/** Line ends become spaces, and one space on both sides goes. */
export function codeText(source: string): string {
  const text = source.replaceAll('\n', ' ')
  return /^ .* $/.test(text) && /[^ ]/.test(text) ? text.slice(1, -1) : text
}

/** A formula's delimiters: how it ends, and whether it stands on a line of its own. */
export interface FormulaMarks {
  close: string
  display: boolean
}

/** The delimiters of the formula at `at`. `$$` at the start of a line is display math. A single `$` has none. */
export function formulaMarks(text: string, at: number): FormulaMarks | undefined {
  const open = text.slice(at, at + 2)
  if (open === '$$') return { close: open, display: at === 0 || text[at - 1] === '\n' }
  if (text[at] === '$') return undefined
  return open === '\\(' ? { close: '\\)', display: false } : { close: '\\]', display: true }
}

/** The TeX between the delimiters. */
export function findFormula(text: string, at: number, close: string, complete: boolean): Found<{ tex: string }> {
  const end = text.indexOf(close, at + 2)
  if (end < 0) return complete ? undefined : MORE
  const tex = text.slice(at + 2, end)
  return tex.trim() === '' ? undefined : { tex, end: end + 2 }
}

/** Ends with the closing sign, or with the text. */
const DOLLARS = /\$((?:[^$\\\n]|\\[^\n])*)(\$|\\?$)/y

/** A single `$` opens before a non-blank and closes after one, not before a digit, so that most prices stay prices. */
export function findDollarFormula(text: string, at: number, complete: boolean): Found<{ tex: string }> {
  const [found, tex = '', close] = matchAt(DOLLARS, text, at) ?? []
  if (found === undefined) return undefined
  const end = at + found.length
  if (!complete && end >= text.length) return MORE
  return close !== '$' || /^$|^\s|\s$/.test(tex) || /\d/.test(text.charAt(end)) ? undefined : { tex, end }
}
