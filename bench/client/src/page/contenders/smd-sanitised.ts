import DOMPurify from 'dompurify'
import { default_renderer, parser, parser_end, parser_write } from 'streaming-markdown'
import type { Show } from '../contender.ts'

/** streaming-markdown as its documentation asks for: all text so far is checked by DOMPurify, and writing stops at the first find. */
export const smdSanitised: Show = (root) => {
  const state = parser(default_renderer(root))
  let text = ''
  let isStopped = false
  return {
    append(piece) {
      if (isStopped) return
      text += piece
      DOMPurify.sanitize(text)
      if (DOMPurify.removed.length > 0) isStopped = true
      else parser_write(state, piece)
    },
    done: () => parser_end(state),
    flush: () => undefined,
  }
}
