import type { ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import type { Show } from '../contender.ts'

/** A React component that is given all the text so far, as answers are shown in React. */
export function inReact(view: (text: string, isDone: boolean) => ReactNode): Show {
  return (root) => {
    const react = createRoot(root)
    let text = ''
    return {
      append(piece) {
        text += piece
        react.render(view(text, false))
      },
      done: () => flushSync(() => react.render(view(text, true))),
      flush: () => flushSync(() => react.render(view(text, false))),
    }
  }
}
