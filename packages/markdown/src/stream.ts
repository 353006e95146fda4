import { encodeAddress, isAllowed, isSafeLink } from './addresses.ts'
import { Changes } from './block/changes.ts'
import { BlockParser } from './block/parser.ts'
import { answerClicks } from './dom/clicks.ts'
import { DocumentView } from './dom/document-view.ts'
import { loadHighlighter } from './highlight/load.ts'
import { LineEnds } from './line-ends.ts'
import type { MarkdownOptions } from './options.ts'
import { References } from './references.ts'

export interface MarkdownStream {
  /** Adds text, cut anywhere. It is seen within `showEveryMs`. Throws after `done`. */
  append(text: string): void
  /** The text is complete: what is still open becomes what it is without an end. */
  done(): void
  /** Empties the element, for another text. */
  reset(): void
}

/**
 * Shows markdown in `root` while it is written. Each piece costs what it adds, however long the text is, and finished
 * blocks are not touched again. After `done` the nodes are those that the whole text gives at once; the package's README
 * lists them.
 *
 * @example
 * const stream = createMarkdownStream(element)
 * for await (const text of answer) stream.append(text)
 * stream.done()
 */
export function createMarkdownStream(root: HTMLElement, options: MarkdownOptions = {}): MarkdownStream {
  let text = begin(root, options)
  return {
    append: (piece) => text.append(piece),
    done: () => text.done(),
    reset() {
      text.leave()
      root.replaceChildren()
      text = begin(root, options)
    },
  }
}

/** Shows a whole text in `root`, in the place of what it holds. */
export function renderMarkdown(root: HTMLElement, text: string, options: MarkdownOptions = {}): void {
  root.replaceChildren()
  const whole = begin(root, options)
  whole.append(text)
  whole.done()
}

/** One text, from its beginning to its end; `leave` is its end when another text takes its place. */
function begin(
  root: HTMLElement,
  options: MarkdownOptions,
): Pick<MarkdownStream, 'append' | 'done'> & { leave(): void } {
  const { linkPolicy, math, singleDollarMath = false, highlight = loadHighlighter, showEveryMs = 60, onLink } = options
  const show = () => {
    if (isLeft) return
    clearTimeout(timer)
    timer = undefined
    shownAt = performance.now()
    view.show(changes.take())
  }
  let shownAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const references = new References(
    {
      allowsLink: (href) => isSafeLink(href) && (!linkPolicy || isAllowed(linkPolicy, encodeAddress(href))),
      math: math === false ? 'none' : singleDollarMath ? 'dollar' : 'tex',
    },
    show,
  )
  const changes = new Changes(references)
  const parser = new BlockParser({ kind: 'root' }, references, changes)
  const view = new DocumentView(root, options, highlight || undefined)
  const ends = new LineEnds()
  let isDone = false
  let isLeft = false
  answerClicks(root, { onLink, noteOf: (button) => view.notes.target(button) })
  return {
    append(piece) {
      if (isDone) throw new Error('Text after done(). Call reset().')
      parser.write(ends.normalize(piece))
      if (timer !== undefined) return
      const waitMs = shownAt + showEveryMs - performance.now()
      if (waitMs > 0) timer = setTimeout(show, waitMs)
      else show()
    },
    done() {
      if (isDone) return
      isDone = true
      parser.write(ends.rest())
      parser.end()
      references.complete()
      show()
      view.notes.complete()
    },
    leave() {
      clearTimeout(timer)
      isLeft = true
    },
  }
}
