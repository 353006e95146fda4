import { createMarkdownStream } from '@millrace/markdown'
import type { Show } from '../contender.ts'

/** As it is: highlighting on, nothing dangerous built. */
export const millrace: Show = (root) => {
  const stream = createMarkdownStream(root)
  return { append: (text) => stream.append(text), done: () => stream.done(), flush: () => undefined }
}
