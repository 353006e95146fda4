/*
 * What a line does to the document: which open containers go on, which begin, and what its content is (CommonMark,
 * "Appendix: a parsing strategy"). Nothing is changed here, so a line that is not complete can be asked again and again.
 * Next: `parser.ts` carries the plan out.
 */
import type { Container } from './blocks.ts'
import { LineCursor } from './line-cursor.ts'
import { type ContainerStart, containerStart, type LeafStart, leafStart, takeQuoteMark } from './line-starts.ts'
import type { OpenLeaf } from './open-leaf.ts'

export interface LinePlan {
  /** How many of the open containers go on. */
  kept: number
  starts: ContainerStart[]
  leaf: LeafStart | { kind: 'blank' | 'text' | 'indented' } | LeafEnd
  /** The text of the line behind all markers. */
  content: string
}

/** The line goes on with the open leaf, or ends it. */
export interface LeafEnd {
  kind: 'more' | 'end'
}

/** Deeper nesting is text: no answer needs it, and a line of nothing but `>` must not break the page's layout. */
const MAX_DEPTH = 100

/** Undefined: the line is not complete and may still become something else. */
export function planLine(
  text: string,
  complete: boolean,
  open: readonly Container[],
  leaf: OpenLeaf | undefined,
  hasMath: boolean,
): LinePlan | undefined {
  const line = new LineCursor(text)
  let kept = 0
  for (const container of open) {
    if (line.isBlank && !complete) return undefined
    const goesOn = continues(container, line, complete)
    if (goesOn === 'wait') return undefined
    if (!goesOn) break
    kept++
  }
  const all = kept === open.length
  if (line.isBlank && !complete) return undefined
  const more = all && leaf ? continuesLeaf(leaf, line, complete) : undefined
  if (more === 'wait') return undefined
  const starts: ContainerStart[] = []
  const plan = (leaf: LinePlan['leaf'], content = line.word): LinePlan => ({ kept, starts, leaf, content })
  if (more) return plan(more, line.rest)
  for (;;) {
    const first = starts.length === 0
    if (line.isBlank) return complete ? plan({ kind: 'blank' }) : undefined
    const paragraph = first && leaf?.kind === 'paragraph' ? leaf.text : undefined
    if (line.indent >= 4) {
      if (paragraph || (first && all && leaf?.kind === 'table')) {
        return plan({ kind: 'text' })
      }
      line.skip(4)
      return plan({ kind: 'indented' }, line.rest)
    }
    const start = leafStart(line, complete, all ? paragraph : undefined, paragraph !== undefined)
    if (start === 'wait') return undefined
    if (start && (hasMath || start.kind !== 'math')) return plan(start, start.kind === 'html' ? line.rest : undefined)
    const container = kept + starts.length < MAX_DEPTH ? containerStart(line, complete, all && !!paragraph) : undefined
    if (container === 'wait') return undefined
    if (!container) return plan({ kind: 'text' })
    starts.push(container)
  }
}

function continues(container: Container, line: LineCursor, complete: boolean): boolean | 'wait' {
  switch (container.kind) {
    case 'root':
    case 'list':
      return true
    case 'quote':
      return takeQuoteMark(line, complete)
    case 'item':
    case 'note': {
      const isEmpty = container.kind === 'item' && container.isEmpty
      return line.isBlank ? !isEmpty && takeIndent(line, line.indent) : takeIndent(line, container.indent)
    }
    default:
      return container satisfies never
  }
}

function takeIndent(line: LineCursor, columns: number): boolean {
  if (line.indent < columns) return false
  line.skip(columns)
  return true
}

function continuesLeaf(leaf: OpenLeaf, line: LineCursor, complete: boolean): LeafEnd | 'wait' | undefined {
  switch (leaf.kind) {
    case 'fence': {
      const mark = line.indent < 4 ? (/^(`+|~+)[ \t]*$/.exec(line.word)?.[1] ?? '') : ''
      if (mark[0] === leaf.fence[0]) {
        if (!complete) return 'wait'
        if (mark.length >= leaf.fence.length) return { kind: 'end' }
      }
      line.skip(leaf.indent)
      return { kind: 'more' }
    }
    case 'indented':
      if (line.indent < 4 && !line.isBlank) return undefined
      line.skip(4)
      return { kind: 'more' }
    case 'html':
      if (line.isBlank && !leaf.end) return undefined
      return complete ? { kind: 'more' } : 'wait'
    case 'math':
      if (!complete) return 'wait'
      return { kind: line.word.trimEnd().endsWith(leaf.close) ? 'end' : 'more' }
    case 'paragraph':
    case 'heading':
    case 'table':
      return undefined
    default:
      return leaf satisfies never
  }
}
