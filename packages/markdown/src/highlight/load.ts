import type { LoadHighlighter } from './highlighter.ts'

/** Our own highlighter: the grammars are a chunk of their own, fetched with the first code block. */
export const loadHighlighter: LoadHighlighter = async (language) => {
  const { highlighterFor } = await import('./languages.ts')
  return highlighterFor(language)
}
