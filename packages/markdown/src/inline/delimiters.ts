import type { Delimiter } from './nodes.ts'

/** As in cmark-gfm `~` is none, since it is a delimiter: `**~~old~~**new` is strong. */
const PUNCTUATION = /(?!~)[\p{P}\p{S}]/u
const SPACE = /^\s?$/

/** Reads a run, between the characters `before` and `after` it (CommonMark §6.2; `~` is as GFM's `~~`). */
export function delimiterRun(run: string, at: number, before: string, after: string): Delimiter {
  const char = run.charAt(0)
  const spaceBefore = SPACE.test(before)
  const spaceAfter = SPACE.test(after)
  const punctuationBefore = PUNCTUATION.test(before)
  const punctuationAfter = PUNCTUATION.test(after)
  const left = !spaceAfter && (!punctuationAfter || spaceBefore || punctuationBefore)
  const right = !spaceBefore && (!punctuationBefore || spaceAfter || punctuationAfter)
  const inWord = char === '_'
  return {
    kind: 'delimiter',
    char,
    count: run.length,
    length: run.length,
    at,
    canOpen: left && (!inWord || !right || punctuationBefore),
    canClose: right && (!inWord || !left || punctuationAfter),
  }
}

/** The character that ends at `at`, which may take two places; nothing at the start. */
export function characterBefore(text: string, at: number): string {
  return /[^]$/u.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? ''
}

/** The character that begins at `at`; nothing at the end. */
export function characterAt(text: string, at: number): string {
  return /^[^]/u.exec(text.slice(at, at + 2))?.[0] ?? ''
}
