import { type Inline, joinTexts } from '../inline/nodes.ts'
import { setAttributes } from './element.ts'
import { createInline, drawFormula, type InlineStyle, linkAttributes } from './inline-nodes.ts'
import { morph, setText } from './morph.ts'

/** A node on the page and what it shows. */
interface Shown {
  node: Inline
  dom: Node
  children: Shown[]
  /** For a text: how many characters at its start are final, and no part of `node`. */
  skip: number
}

/**
 * Shows growing inline text. Final nodes are forgotten as soon as they are on the page; only what is open is compared,
 * and a text that has grown is appended to.
 */
export class InlineView {
  #element: HTMLElement
  readonly #style: InlineStyle
  /** What is open. The last final text comes first, if the text behind it may belong to the same node. */
  #shown: Shown[] = []

  /** Which reading of the text is shown. */
  #reading: number

  constructor(element: HTMLElement, style: InlineStyle, reading: number) {
    this.#element = element
    this.#style = style
    this.#reading = reading
  }

  /** Shows `settled`, which stays as it is from now on, and `open` behind it. Another reading begins from the start. */
  update(settled: readonly Inline[], open: readonly Inline[], reading: number): void {
    if (reading !== this.#reading) {
      this.#reading = reading
      this.#redraw([...settled, ...open])
      return
    }
    const goesOn = (this.#shown[0]?.skip ?? 0) > 0
    const next = startWithText(joinTexts([...settled, ...open]), goesOn)
    this.#shown = this.#patch(this.#element, this.#shown, next)
    if (settled.length === 0) return
    const final = startWithText([...settled], goesOn)
    const last = final.at(-1)
    this.#shown.splice(0, last?.kind === 'text' ? final.length - 1 : final.length)
    const text = this.#shown[0]
    if (last?.kind !== 'text' || text?.node.kind !== 'text') return
    text.skip += last.text.length
    text.node = { kind: 'text', text: text.node.text.slice(last.text.length) }
  }

  /** Shows a finished text that reads differently now, and touches only what differs. */
  #redraw(nodes: readonly Inline[]): void {
    const fresh = this.#element.cloneNode()
    this.#patch(fresh, [], nodes)
    morph(this.#element, fresh)
    this.#shown = []
  }

  /** Goes on in another element, and takes along what is shown. */
  moveTo(element: HTMLElement): void {
    element.append(...this.#element.childNodes)
    this.#element.replaceWith(element)
    this.#element = element
  }

  /** Turns what `parent` shows at its end into `next`. */
  #patch(parent: Node, shown: readonly Shown[], next: readonly Inline[]): Shown[] {
    let same = 0
    for (const node of next) {
      const old = shown[same]
      if (!old || !this.#adapt(old, node)) break
      same++
    }
    for (const old of shown.slice(same)) parent.removeChild(old.dom)
    const added = next.slice(same).map((node) => this.#create(node))
    for (const { dom } of added) parent.appendChild(dom)
    return [...shown.slice(0, same), ...added]
  }

  #create(node: Inline): Shown {
    const dom = createInline(node, this.#style)
    const children = 'children' in node ? this.#patch(dom, [], node.children) : []
    return { node, dom, children, skip: 0 }
  }

  /** Makes the node show `next`, if it is of that kind. */
  #adapt(shown: Shown, next: Inline): boolean {
    const { node, dom } = shown
    if (node === next) return true
    if (node.kind !== next.kind) return false
    if (node.kind === 'text' && next.kind === 'text') {
      setText(dom as Text, shown.skip, node.text, next.text)
    } else if (node.kind === 'code' && next.kind === 'code') {
      setText(dom.firstChild as Text, 0, node.text, next.text)
    } else if (node.kind === 'math' && next.kind === 'math') {
      if (!node.open || node.display !== next.display) return false
      setText(dom.firstChild?.firstChild as Text, 0, node.tex, next.tex)
      if (!next.open) drawFormula(dom as Element, next.tex, next.display, this.#style)
    } else if ('children' in node && 'children' in next) {
      if (node.kind === 'link' && next.kind === 'link') {
        if (node.href !== undefined && (node.href !== next.href || node.title !== next.title)) return false
        if (node.href === undefined) setAttributes(dom as Element, linkAttributes(next.href, next.title))
      }
      shown.children = this.#patch(dom, shown.children, next.children)
    } else {
      return false
    }
    shown.node = next
    return true
  }
}

/** A text in front, empty if need be: where a final text may go on, it stands for what comes to it. */
function startWithText(nodes: Inline[], goesOn: boolean): Inline[] {
  return goesOn && nodes[0]?.kind !== 'text' ? [{ kind: 'text', text: '' }, ...nodes] : nodes
}
