import type { LoadHighlighter } from './highlighter.ts'

/** Our own highlighter: what knows the languages is fetched with the first code block, each grammar with the first of its language. */
export const loadHighlighter: LoadHighlighter = async (language) => {
  const { highlighterFor } = await import('./languages.ts')
  return highlighterFor(language)
}
