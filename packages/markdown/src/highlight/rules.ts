import type { Grammar, Rule } from './grammar.ts'
import type { TokenKind } from './highlighter.ts'

/* What the grammars of several languages have in common. */

export const NUMBER: Rule = {
  match: /\b(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)\w*/,
  kind: 'number',
}
export const DOUBLE: Rule = { match: /"(?:[^"\\]|\\.)*"?/, kind: 'string' }
export const SINGLE: Rule = { match: /'(?:[^'\\]|\\.)*'?/, kind: 'string' }
export const LINE_COMMENT: Rule = { match: /\/\/.*/, kind: 'comment' }
export const BLOCK_COMMENT: Rule = { match: /\/\*/, kind: 'comment', enter: 'comment' }
export const CALL: Rule = { match: /[A-Za-z_$][\w$]*(?=\s*\()/, kind: 'function' }
export const TYPE: Rule = { match: /\b[A-Z][\w$]*/, kind: 'type' }
/** Takes whole words, so that none is matched from its middle. */
export const WORD: Rule = { match: /[A-Za-z_$][\w$]*/ }

export const comment: Grammar[string] = { kind: 'comment', rules: [{ match: /\*\//, leave: true }] }

export function words(kind: TokenKind, list: string, flags = ''): Rule {
  return { match: new RegExp(`\\b(?:${list.replaceAll(' ', '|')})\\b(?!\\$)`, flags), kind }
}
