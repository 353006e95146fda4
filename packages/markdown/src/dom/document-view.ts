import type { Block, Cell, Container, List, Literal, Row, Table, TextBlock } from '../block/blocks.ts'
import type { LoadHighlighter } from '../highlight/highlighter.ts'
import type { MarkdownOptions } from '../options.ts'
import { CodeView } from './code-view.ts'
import { type Attributes, element } from './element.ts'
import { createFormula, drawFormula, type InlineStyle } from './inline-nodes.ts'
import { InlineView } from './inline-view.ts'
import { NotesView } from './notes-view.ts'

/** What stands on the page for a block; its children go into the element. */
interface View {
  element: HTMLElement
  inline?: InlineView
  code?: CodeView
}

const TAGS = { quote: 'blockquote', item: 'li', rule: 'hr' }

/** Brings changed blocks to the page. Blocks that do not change are not looked at, and can be forgotten. */
export class DocumentView {
  readonly notes: NotesView
  readonly #root: HTMLElement
  readonly #style: InlineStyle
  readonly #options: MarkdownOptions
  readonly #highlight: LoadHighlighter | undefined
  readonly #views = new WeakMap<Block, View>()

  constructor(root: HTMLElement, options: MarkdownOptions, highlight: LoadHighlighter | undefined) {
    this.#root = root
    this.notes = new NotesView(root)
    this.#style = { document: root.ownerDocument, options, note: (label) => this.notes.refer(label) }
    this.#options = options
    this.#highlight = highlight
  }

  show(blocks: Iterable<Block>): void {
    for (const block of blocks) this.#show(block)
    this.notes.update()
  }

  #show(block: Block): void {
    switch (block.kind) {
      case 'quote':
      case 'item':
      case 'rule':
        return this.#showContainer(block, TAGS[block.kind])
      case 'list':
        return this.#showList(block)
      case 'note':
        this.#views.set(block, { element: this.notes.define(block.label) })
        return
      case 'text':
        return this.#showText(block)
      case 'code':
      case 'html':
      case 'math':
        return this.#showLiteral(block)
      case 'table':
        return this.#showTable(block)
      case 'row':
        return this.#showRow(block)
      case 'cell':
        return this.#showCell(block)
      default:
        block satisfies never
    }
  }

  #create(tag: string, attributes?: Attributes, ...children: (Node | string)[]): HTMLElement {
    return element(this.#style.document, tag, attributes, ...children)
  }

  #elementOf(block: Container | Block | undefined): HTMLElement | undefined {
    return block && (block.kind === 'root' ? this.#root : this.#views.get(block)?.element)
  }

  /** Puts a new block behind what its parent holds already; the footnotes stay last. */
  #place(block: Block, outer: HTMLElement, before?: Node | null): View {
    const parent = this.#elementOf(block.parent)
    // While it grows, the browser lays out and paints this block and not all that stand around it.
    if (parent === this.#root) outer.style.contain = 'layout'
    parent?.insertBefore(outer, before ?? (parent === this.#root ? this.notes.section : null))
    const view: View = { element: outer }
    this.#views.set(block, view)
    return view
  }

  #showContainer(block: Block, tag: string): void {
    if (!this.#views.has(block)) this.#place(block, this.#create(tag))
  }

  #showList(block: List): void {
    const { start } = block
    if (start === undefined) this.#showContainer(block, 'ul')
    else if (!this.#views.has(block))
      this.#place(block, this.#create('ol', { start: start === 1 ? undefined : `${start}` }))
    if (block.loose) this.#elementOf(block)?.classList.add('loose')
  }

  #showText(block: TextBlock): void {
    const texts = block.text.take()
    const tag = block.level === 0 ? 'p' : `h${block.level}`
    let view = this.#views.get(block)
    if (!view) {
      // Text that is only definitions, or that can't be shown yet, is no paragraph.
      if (block.level === 0 && texts.settled.length + texts.open.length === 0) return
      view = this.#place(block, this.#create(tag), this.#elementOf(block.before)?.parentElement)
      if (texts.settled[0]?.kind === 'checkbox') view.element.parentElement?.classList.add('task')
    } else if (view.element.localName !== tag) {
      const { contain } = view.element.style
      view.element = this.#create(tag)
      if (contain) view.element.style.contain = contain
      view.inline?.moveTo(view.element)
    }
    this.#showInline(view, block, texts)
    // Its only line became the head of a table.
    if (block.closed && block.level === 0 && !view.element.hasChildNodes()) view.element.remove()
  }

  #showInline(view: View, { text }: TextBlock | Cell, { settled, open } = text.take()): void {
    view.inline ??= new InlineView(view.element, this.#style, text.readings)
    view.inline.update(settled, open, text.readings)
  }

  #showLiteral(block: Literal): void {
    const text = block.fresh.splice(0).join('')
    let view = this.#views.get(block)
    if (block.kind === 'code') {
      const code = view?.code ?? new CodeView(this.#style.document, block.language, this.#highlight, this.#options)
      view ??= this.#place(block, code.element)
      view.code = code
      code.append(text)
      if (block.closed) code.end()
    } else if (block.kind === 'html') {
      this.#place(block, this.#create('p', { class: 'raw-html' }, text))
    } else {
      view ??= this.#place(block, createFormula('div', '', true, false, this.#style))
      const source = view.element.firstChild?.firstChild as Text
      source.appendData(text)
      if (block.closed) drawFormula(view.element, source.data, true, this.#style)
    }
  }

  #showTable(block: Table): void {
    const known = this.#elementOf(block)
    if (block.dropped) {
      known?.parentElement?.remove()
      this.#views.delete(block)
    } else if (!known) {
      const table = this.#create('table')
      this.#place(block, this.#create('div', { class: 'table-scroll' }, table)).element = table
    }
  }

  #showRow(block: Row): void {
    const table = this.#elementOf(block.parent)
    if (!table || this.#views.has(block)) return
    const tag = block.head ? 'thead' : 'tbody'
    const row = this.#create('tr')
    if (table.lastElementChild?.localName === tag) table.lastElementChild.append(row)
    else table.append(this.#create(tag, {}, row))
    this.#views.set(block, { element: row })
  }

  #showCell(block: Cell): void {
    const row = block.parent
    if (!this.#elementOf(row)) return
    const view = this.#views.get(block) ?? this.#place(block, this.#create(row.head ? 'th' : 'td'))
    const align = row.parent.aligns[block.column]
    if (align && !view.element.hasAttribute('align')) view.element.setAttribute('align', align)
    this.#showInline(view, block)
  }
}
