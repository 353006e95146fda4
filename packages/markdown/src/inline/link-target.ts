import { type Found, MORE, matchAt } from './found.ts'

/** Where a link leads, as the text has it: with escapes and character references, not checked, not encoded. */
export interface LinkTarget {
  href: string
  title: string
}

const SPACE = /[ \t]*(?:\n[ \t]*)?/y
// These end with their closing character, or with the text: then the last group is not that character.
const ANGLE = /<((?:[^<>\n\\]|\\.)*)(>|\\?$)/y
const WORD = /(?:[^ \\()\p{Cc}]|\\[!-/:-@[-`{-~]|\\)+/uy
const TITLE = /"(?:[^"\\]|\\[^])*("|\\?$)|'(?:[^'\\]|\\[^])*('|\\?$)|\((?:[^()\\]|\\[^])*(\)|\\?$)/y
const LABEL = /\[((?:[^\\[\]]|\\[^])*)(\]|\\?$)/y
/** CommonMark §4.7. */
const MAX_LABEL = 999
/** CommonMark §6.3 asks for three levels at least. */
const MAX_PARENTHESES = 32

/** `(destination "title")` from its opening parenthesis on (CommonMark §6.3). */
export function findInlineTarget(text: string, at: number, complete: boolean): Found<LinkTarget> {
  const ended = complete ? undefined : MORE
  let here = skipSpace(text, at + 1)
  if (here >= text.length) return ended
  let href = ''
  let title = ''
  if (text[here] !== ')') {
    const destination = findDestination(text, here, complete)
    if (destination === MORE || !destination) return destination
    href = destination.href
    const afterDestination = destination.end
    here = skipSpace(text, afterDestination)
    if (here >= text.length) return ended
    if (here > afterDestination && text[here] !== ')') {
      const found = findTitle(text, here, complete)
      if (found === MORE || !found) return found
      title = found.title
      here = skipSpace(text, found.end)
      if (here >= text.length) return ended
    }
  }
  return text[here] === ')' ? { href, title, end: here + 1 } : undefined
}

export function findDestination(text: string, at: number, complete: boolean): Found<{ href: string }> {
  if (text[at] === '<') {
    const angle = matchAt(ANGLE, text, at)
    if (angle?.[2] !== '>') return angle && !complete ? MORE : undefined
    return { href: angle[1] ?? '', end: at + angle[0].length }
  }
  let here = at
  let depth = 0
  while (here < text.length) {
    const word = matchAt(WORD, text, here)
    if (word) here += word[0].length
    else if (text[here] === '(' && depth < MAX_PARENTHESES) [here, depth] = [here + 1, depth + 1]
    else if (text[here] === ')' && depth > 0) [here, depth] = [here + 1, depth - 1]
    else break
  }
  if (here >= text.length && !complete) return MORE
  return depth === 0 && here > at ? { href: text.slice(at, here), end: here } : undefined
}

export function findTitle(text: string, at: number, complete: boolean): Found<{ title: string }> {
  const [quoted, ...closes] = matchAt(TITLE, text, at) ?? []
  if (quoted === undefined || /\n[ \t]*\n/.test(quoted)) return undefined
  if (!/["')]/.test(closes.join(''))) return complete ? undefined : MORE
  return { title: quoted.slice(1, -1), end: at + quoted.length }
}

/** `[label]`; an empty one is the second half of `[text][]`. */
export function findLabel(text: string, at: number, complete: boolean): Found<{ label: string }> {
  const [found, label = '', close] = matchAt(LABEL, text, at) ?? []
  if (found === undefined || label.length > MAX_LABEL) return undefined
  if (close === ']') return { label, end: at + found.length }
  return complete ? undefined : MORE
}

/** The text between a bracket and its `]` as a label, if it can be one. */
export function isLabel(text: string): boolean {
  return text.length <= MAX_LABEL && /^(?:[^\\[\]]|\\[^])*$/.test(text) && /[^ \t\n]/.test(text)
}

/** Labels are compared without case, and any run of whitespace counts as one space (CommonMark §4.7). */
export function normalizeLabel(label: string): string {
  return label
    .replace(/[ \t\n]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase()
}

function skipSpace(text: string, at: number): number {
  return at + (matchAt(SPACE, text, at)?.[0].length ?? 0)
}

/** `[label]: destination "title"` at the start of the text (CommonMark §4.7). */
export function findDefinition(text: string, complete: boolean): Found<LinkTarget & { label: string }> {
  const ended = complete ? undefined : MORE
  const label = findLabel(text, 0, complete)
  if (label === MORE || !label) return label
  if (!/[^ \t\n]/.test(label.label)) return undefined
  if (label.end >= text.length) return ended
  if (text[label.end] !== ':') return undefined
  const start = skipSpace(text, label.end + 1)
  if (start >= text.length) return ended
  const destination = findDestination(text, start, complete)
  if (destination === MORE || !destination) return destination
  const plain = lineEnd(text, destination.end)
  if (!complete && plain === text.length) return MORE
  const here = skipSpace(text, destination.end)
  if (here > destination.end) {
    const title = findTitle(text, here, complete)
    if (title === MORE || (!complete && here >= text.length)) return MORE
    const end = title && lineEnd(text, title.end)
    if (title && end !== undefined) {
      if (!complete && end >= text.length) return MORE
      return { label: label.label, href: destination.href, title: title.title, end }
    }
  }
  if (plain === undefined) return undefined
  return { label: label.label, href: destination.href, title: '', end: plain }
}

/** Where the next line begins, if nothing but blanks is left of this one. */
function lineEnd(text: string, at: number): number | undefined {
  const blanks = at + (/^[ \t]*/.exec(text.slice(at, at + 256))?.[0].length ?? 0)
  if (blanks >= text.length) return text.length
  return text[blanks] === '\n' ? blanks + 1 : undefined
}
