import { createMarkdownStream } from '@millrace/markdown'
import type { Show } from '../contender.ts'

/** The page changes with every chunk, which nobody sees; for figures that ask about each. */
export const millraceEachChunk: Show = (root) => {
  const stream = createMarkdownStream(root, { showEveryMs: 0 })
  return { append: (text) => stream.append(text), done: () => stream.done(), flush: () => undefined }
}
