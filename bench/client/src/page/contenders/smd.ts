import { default_renderer, parser, parser_end, parser_write } from 'streaming-markdown'
import type { Show } from '../contender.ts'

/** streaming-markdown as it ships: it neither highlights nor checks addresses. */
export const smd: Show = (root) => {
  const state = parser(default_renderer(root))
  return { append: (text) => parser_write(state, text), done: () => parser_end(state), flush: () => undefined }
}
