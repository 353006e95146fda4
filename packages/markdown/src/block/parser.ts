/*
 * Blocks as the text grows. A line is planned as soon as its beginning tells what it is; from then on what comes of it
 * goes straight to the open leaf. `Changes` holds what looks different; `dom/document-view.ts` shows it.
 */
import { MAX_REACH } from '../inline/found.ts'
import { normalizeLabel } from '../inline/link-target.ts'
import type { References } from '../references.ts'
import type { Container, Item, List, Literal, Root } from './blocks.ts'
import type { Changes } from './changes.ts'
import { HeadingText } from './heading-text.ts'
import { type LinePlan, planLine } from './line-plan.ts'
import type { ContainerStart } from './line-starts.ts'
import { LiteralText } from './literal-text.ts'
import type { OpenLeaf } from './open-leaf.ts'
import { ParagraphText } from './paragraph-text.ts'

const MARKS = /^[-*_=|: \t]*$/
const MAX_MARKS = 256

export class BlockParser {
  readonly #references: References
  readonly #changes: Changes
  readonly #root: Root
  readonly #open: Container[]
  #leaf: OpenLeaf | undefined
  /** The line so far, while it is not clear what it is. */
  #line = ''
  #isPlanned = false
  /** The last line was blank, within the quote at this depth; 0: within none. */
  #blankIn: number | undefined

  constructor(root: Root, references: References, changes: Changes) {
    this.#root = root
    this.#open = [root]
    this.#references = references
    this.#changes = changes
  }

  /** @param text with line ends as `\n`. */
  write(text: string): void {
    for (let from = 0; ; ) {
      const end = text.indexOf('\n', from)
      const part = text.slice(from, end < 0 ? undefined : end)
      if (this.#isPlanned) this.#feed(part)
      else this.#plan(part, end >= 0)
      if (end < 0) return
      this.#endLine()
      from = end + 1
    }
  }

  end(): void {
    if (!this.#isPlanned && this.#line !== '') this.#plan('', true)
    if (this.#isPlanned) this.#endLine()
    this.#closeLeaf()
    this.#open.length = 1
  }

  #plan(part: string, complete: boolean): void {
    // What was not clear so far along is looked at again when the line is complete, and a line of nothing but marks
    // when something else comes.
    const isLong = this.#line.length > MAX_REACH || (this.#line.length > MAX_MARKS && MARKS.test(part))
    this.#line += part
    if (!complete && (isLong || this.#line === '')) return
    const plan = planLine(this.#line, complete, this.#open, this.#leaf, this.#references.math !== 'none')
    if (!plan) return
    this.#line = ''
    this.#isPlanned = true
    this.#begin(plan)
  }

  #feed(text: string): void {
    if (text !== '') this.#leaf?.text.feed(text)
  }

  #endLine(): void {
    this.#isPlanned = false
    const leaf = this.#leaf
    if (leaf?.kind === 'heading') this.#closeLeaf()
    else if (leaf?.kind === 'table') leaf.text.end()
  }

  #begin(plan: LinePlan): void {
    const { kept, starts, leaf: start, content } = plan
    const leaf = this.#leaf
    const goesOn = kept === this.#open.length && starts.length === 0
    const blankIn = this.#blankIn
    this.#blankIn = undefined
    if (start.kind === 'more' || start.kind === 'end') {
      this.#goOn(content, start.kind === 'end')
    } else if (start.kind === 'text' && leaf?.kind === 'paragraph' && starts.length === 0) {
      // Also where a quote or item was not continued by its marker (CommonMark, "laziness").
      leaf.text.startLine(content)
    } else if (start.kind === 'text' && leaf?.kind === 'table' && goesOn) {
      leaf.text.startLine(content)
    } else if (start.kind === 'underline' && leaf?.kind === 'paragraph') {
      leaf.text.block.level = start.level
      this.#closeLeaf()
    } else if (start.kind === 'columns' && leaf?.kind === 'paragraph') {
      this.#leaf = { kind: 'table', text: leaf.text.endAsTable(start.aligns) }
    } else {
      this.#closeLeaf()
      this.#open.length = kept
      this.#blankIn = blankIn
      for (const container of starts) this.#openContainer(container)
      this.#openLeaf(plan)
      this.#blankIn = start.kind === 'blank' && starts.length === 0 ? this.#deepestQuote() : undefined
    }
  }

  #goOn(content: string, isEnd: boolean): void {
    const leaf = this.#leaf
    if (leaf?.kind === 'math') {
      const line = isEnd ? content.trimEnd().slice(0, -leaf.close.length) : content
      if (/\S/.test(line)) leaf.text.startLine(line)
    } else if (leaf && !isEnd) {
      leaf.text.startLine(content)
    }
    if (isEnd || (leaf?.kind === 'html' && leaf.end?.test(content))) this.#closeLeaf()
    if (leaf?.kind === 'indented' && /^[ \t]*$/.test(content)) this.#blankIn = this.#deepestQuote()
  }

  #openContainer(start: ContainerStart): void {
    if (start.kind === 'item') {
      const list = this.#listFor(start)
      const item: Item = { kind: 'item', parent: list, indent: start.indent, isEmpty: true }
      list.isEmpty = false
      this.#push(item)
    } else if (start.kind === 'note') {
      const label = normalizeLabel(start.label)
      const isFirst = this.#references.defineNote(label)
      this.#push({ kind: 'note', parent: this.#place(), label: isFirst ? label : undefined, indent: 4 })
    } else {
      this.#push({ kind: 'quote', parent: this.#place() })
    }
  }

  #push(container: Exclude<Container, Root>): void {
    this.#open.push(container)
    this.#changes.add(container)
  }

  /** The open list that an item with this marker goes on, or a new one. */
  #listFor({ marker, start }: ContainerStart & { kind: 'item' }): List {
    const last = this.#open.at(-1)
    if (last?.kind === 'list' && last.marker === marker) {
      if (this.#followsBlank(this.#open.length - 1) && !last.isEmpty) this.#loosen(last)
      return last
    }
    const list: List = { kind: 'list', parent: this.#place(), marker, start, loose: false, isEmpty: true }
    this.#push(list)
    return list
  }

  /** Where a new block goes that is no item. A blank line between two blocks of an item makes its list loose. */
  #place(): Container {
    if (this.#open.at(-1)?.kind === 'list') this.#open.pop()
    const parent = this.#open.at(-1) ?? this.#root
    if (parent.kind === 'item') {
      if (!parent.isEmpty && this.#followsBlank(this.#open.length - 1)) this.#loosen(parent.parent)
      parent.isEmpty = false
    }
    return parent
  }

  #loosen(list: List): void {
    if (list.loose) return
    list.loose = true
    this.#changes.add(list)
  }

  /** Whether a blank line came before this one in the container at this depth, and not only in a quote inside it. */
  #followsBlank(depth: number): boolean {
    return this.#blankIn !== undefined && this.#blankIn <= depth
  }

  #deepestQuote(): number {
    return Math.max(
      0,
      this.#open.findLastIndex(({ kind }) => kind === 'quote'),
    )
  }

  #openLeaf({ leaf: start, content }: LinePlan): void {
    if (start.kind === 'blank') return
    const last = this.#open.at(-1)
    const startsItem = last?.kind === 'item' && last.isEmpty
    const parent = this.#place()
    const literal = (kind: Literal['kind'], language = '') => new LiteralText(kind, parent, language, this.#changes)
    switch (start.kind) {
      case 'text':
        this.#leaf = {
          kind: 'paragraph',
          text: new ParagraphText(parent, this.#references, this.#changes, startsItem),
        }
        break
      case 'heading':
        this.#leaf = { kind: 'heading', text: new HeadingText(parent, start.level, this.#references, this.#changes) }
        break
      case 'rule':
        this.#changes.add({ kind: 'rule', parent })
        return
      case 'fence':
        this.#leaf = { ...start, text: literal('code', start.language) }
        return
      case 'math':
        this.#leaf = { ...start, text: literal('math') }
        return
      case 'indented':
        this.#leaf = { kind: 'indented', text: new LiteralText('code', parent, '', this.#changes, true) }
        break
      case 'html':
        this.#leaf = { ...start, text: literal('html') }
    }
    this.#goOn(content, false)
  }

  #closeLeaf(): void {
    const leaf = this.#leaf
    this.#leaf = undefined
    leaf?.text.end()
  }
}
