import type { Highlighter, HighlightToken, TokenKind } from './highlighter.ts'

/**
 * What a place in the code may hold: the first rule that matches counts. `enter` goes into another state of the grammar,
 * `leave` back to the one before.
 */
export interface Rule {
  match: RegExp
  kind?: TokenKind
  enter?: string
  leave?: true
}

/** States by name; text between matches has the state's own kind. Begins in `main`. */
export type Grammar = Record<string, { kind?: TokenKind; rules: Rule[] }>

/** Deeper nesting is not followed, so that the state of a line stays small. */
const MAX_DEPTH = 32

/** A highlighter that follows a grammar. Its state is the stack of the grammar's states. */
export function followGrammar(grammar: Grammar): Highlighter {
  const compiled = new Map(
    Object.entries(grammar).map(([name, state]) => [name, { ...state, any: anyOf(state.rules) }]),
  )
  return (line, state) => {
    const stack = state === '' ? ['main'] : state.split(' ')
    const tokens: HighlightToken[] = []
    const add = (kind: TokenKind | undefined, text: string) => {
      const last = tokens.at(-1)
      if (last && last.kind === kind) last.text += text
      else if (text !== '') tokens.push({ kind, text })
    }
    for (let at = 0; at < line.length; ) {
      const current = compiled.get(stack.at(-1) ?? 'main')
      if (!current) break
      current.any.lastIndex = at
      const found = current.any.exec(line)
      add(current.kind, line.slice(at, found?.index))
      if (!found) break
      const rule = current.rules[found.findIndex((group, i) => i > 0 && group !== undefined) - 1]
      add(rule?.kind ?? current.kind, found[0])
      // An empty match would be found again.
      at = found.index + Math.max(1, found[0].length)
      if (rule?.enter && stack.length < MAX_DEPTH) stack.push(rule.enter)
      if (rule?.leave && stack.length > 1) stack.pop()
    }
    return { tokens, state: stack.join(' ') }
  }
}

/** One expression with a group for each rule, which therefore hold no groups themselves. */
function anyOf(rules: readonly Rule[]): RegExp {
  const flags = rules.some(({ match }) => match.ignoreCase) ? 'gi' : 'g'
  return new RegExp(rules.map(({ match }) => `(${match.source})`).join('|'), flags)
}
