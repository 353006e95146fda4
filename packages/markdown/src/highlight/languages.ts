import { followGrammar, type Grammar } from './grammar.ts'
import type { Highlighter } from './highlighter.ts'

/** Each grammar is a chunk of its own, fetched with the first block of its language. */
const GRAMMARS: [names: string, load: () => Promise<{ grammar: Grammar }>][] = [
  ['javascript js jsx mjs cjs typescript ts tsx mts cts', () => import('./languages/javascript.ts')],
  ['python py', () => import('./languages/python.ts')],
  ['json jsonc json5 jsonl', () => import('./languages/json.ts')],
  ['bash sh shell zsh console', () => import('./languages/bash.ts')],
  ['html xml svg vue svelte', () => import('./languages/html.ts')],
  ['css scss less', () => import('./languages/css.ts')],
  ['sql postgresql mysql sqlite', () => import('./languages/sql.ts')],
  ['c cpp c++ cs csharp go java kotlin kt rust rs swift dart scala', () => import('./languages/c-like.ts')],
]

const highlighters = new Map<Grammar, Highlighter>()

/** The highlighter for a language named as behind a fence; each is compiled when it is first asked for. */
export async function highlighterFor(language: string): Promise<Highlighter | undefined> {
  const load = GRAMMARS.find(([names]) => names.split(' ').includes(language))?.[1]
  if (!load) return undefined
  const { grammar } = await load()
  const highlighter = highlighters.get(grammar) ?? followGrammar(grammar)
  highlighters.set(grammar, highlighter)
  return highlighter
}
