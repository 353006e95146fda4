/** Turns texts, each longer than the one before, into what was added. */
import { nextFrame } from '@millrace/client/frames'
import { createMarkdownStream, type MarkdownOptions } from '@millrace/markdown'

interface Shown {
  text: string
  /** Nothing follows, and what is half open becomes what it is. */
  isComplete: boolean
  /** The text begins with the one before: this need not be checked. */
  isMore?: boolean
}

export interface MarkdownWriter {
  show(what: Shown): void
  /** At the next frame: of all that is given until then the last counts. What begins or completes is shown at once. */
  showSoon(what: Shown): void
  /** What waits for the next frame is not shown any more. */
  leave(): void
}

export function markdownWriter(element: HTMLElement, options: MarkdownOptions): MarkdownWriter {
  const stream = createMarkdownStream(element, options)
  let shown = ''
  let isDone = false
  let next: Shown | undefined
  let cancel: (() => void) | undefined

  function restart(): void {
    stream.reset()
    shown = ''
    isDone = false
  }

  function leave(): void {
    cancel?.()
    cancel = undefined
  }

  function show({ text, isComplete, isMore = false }: Shown): void {
    leave()
    // Two equal strings are compared by words; `startsWith` takes character by character, forty times as long.
    const isSame = isMore || text.slice(0, shown.length) === shown
    const isLonger = text.length > shown.length
    if (isLonger ? isDone || !isSame : text !== shown) restart()
    if (text.length > shown.length) stream.append(text.slice(shown.length))
    shown = text
    if (isComplete && !isDone) {
      isDone = true
      stream.done()
    }
    element.setAttribute('aria-busy', String(!isComplete))
  }

  return {
    show,
    showSoon(what) {
      if (what.isComplete || shown === '') return show(what)
      next = what
      cancel ??= nextFrame(() => next && show(next))
    },
    leave,
  }
}
