import { renderMarkdown } from '@millrace/markdown'
import type { Show } from '../contender.ts'

/** The least that can be done: each block's plain text when the block is complete, one element for each. */
export const floor: Show = (root, text) => {
  const blocks = finishedBlocks(text)
  let length = 0
  let next = 0
  const show = () => {
    for (let block = blocks[next]; block && block.end <= length; block = blocks[++next]) {
      const element = document.createElement('p')
      element.textContent = block.text
      root.append(element)
    }
  }
  return {
    append(piece) {
      length += piece.length
      show()
    },
    done() {
      length = Number.POSITIVE_INFINITY
      show()
    },
    flush: () => undefined,
  }
}

interface FinishedBlock {
  text: string
  /** The length of the answer at which the block is complete. */
  end: number
}

/** Blocks are what stands between blank lines, a fence and what it holds being one. */
function finishedBlocks(text: string): FinishedBlock[] {
  const blocks: FinishedBlock[] = []
  const page = document.createElement('div')
  let source = ''
  let end = 0
  let isFence = false
  const finish = () => {
    renderMarkdown(page, source, { highlight: false })
    if (page.textContent) blocks.push({ text: page.textContent, end })
    source = ''
  }
  for (const line of text.split(/(?<=\n)/)) {
    end += line.length
    source += line
    if (line.startsWith('```')) isFence = !isFence
    if (line.trim() === '' && !isFence) finish()
  }
  finish()
  return blocks
}
