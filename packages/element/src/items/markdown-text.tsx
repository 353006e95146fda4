import { createMarkdownStream, type MarkdownStream } from '@millrace/markdown'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { type Citation, drawMarks, withMarks } from './citations.ts'

interface MarkdownTextProps {
  text: string
  /** While more text may come, unfinished marks are mended; the end is told once it is false. */
  isLive?: boolean
  citations?: readonly Citation[]
  /** Draws what stands at a citation's place. */
  drawCitation?: (citation: Citation) => Node
}

/** What the renderer has been given. */
interface Fed {
  stream: MarkdownStream
  text: string
  isDone: boolean
  /** How many blocks from the start need nothing more. */
  finishedBlocks: number
}

const none: readonly Citation[] = []

/** Markdown that grows: only its new end is given to the renderer, and preact never looks inside. */
export function MarkdownText({ text, isLive = false, citations = none, drawCitation }: MarkdownTextProps) {
  const chat = useChat()
  const root = useRef<HTMLDivElement>(null)
  const fed = useRef<Fed>()
  const source = withMarks(text, citations)

  useLayoutEffect(() => {
    const element = root.current
    if (!element) return
    fed.current ??= {
      stream: createMarkdownStream(element, chat.markdownOptions()),
      text: '',
      isDone: false,
      finishedBlocks: 0,
    }
    const state = fed.current
    // Text that was changed, and not only continued, is drawn anew: a replaced item, or a citation in what is already shown.
    if (state.isDone ? state.text !== source : !source.startsWith(state.text)) {
      state.stream.reset()
      state.text = ''
      state.isDone = false
      state.finishedBlocks = 0
    }
    if (state.text.length < source.length) {
      state.stream.append(source.slice(state.text.length))
      state.text = source
    }
    if (!isLive && !state.isDone) {
      state.stream.done()
      state.isDone = true
      state.finishedBlocks = 0
    }
    // The last block is still being written, and the renderer counts on its nodes; the blocks before it are finished.
    const finished = Math.max(0, state.isDone ? element.children.length : element.children.length - 1)
    for (let index = state.finishedBlocks; index < finished; index++) {
      const block = element.children[index]
      if (!block) continue
      makeOperable(block)
      if (citations.length > 0 && drawCitation) drawMarks(block, citations, drawCitation)
    }
    state.finishedBlocks = finished
  }, [source, isLive, citations, drawCitation, chat])

  return <div class="markdown" ref={root} dir="auto" />
}

/** What scrolls can be reached by keyboard, and a ticked box says what it is for. */
function makeOperable(block: Element): void {
  for (const scroller of [block, ...block.querySelectorAll('pre, .table-scroll')]) {
    if (scroller instanceof HTMLElement && scroller.matches('pre, .table-scroll')) scroller.tabIndex = 0
  }
  for (const box of block.querySelectorAll('input[type="checkbox"]')) {
    box.setAttribute('aria-label', box.closest('li')?.textContent?.trim() ?? '')
  }
}
