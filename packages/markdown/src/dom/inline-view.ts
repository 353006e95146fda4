import { type Inline, joinTexts } from '../inline/nodes.ts'
import { setAttributes } from './element.ts'
import { createInline, drawFormula, type InlineStyle, linkAttributes } from './inline-nodes.ts'

/** A node on the page and what it shows. */
interface Shown {
  node: Inline
  dom: Node
  children: Shown[]
  /** For a text: how many characters at its start are final, and no part of `node`. */
  skip: number
}

/** So many nodes are looked at for the one that shows something already: a text of thousands of them stays cheap. */
const LOOK_AHEAD = 8

/** Shows growing inline text. Only what is open is compared, and a text that has grown is appended to. */
export class InlineView {
  #element: HTMLElement
  readonly #style: InlineStyle
  /** What is final, unless the text is read again. */
  readonly #final: Shown[] = []
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
      this.#shown = [...this.#final.splice(0), ...this.#shown].map(whole)
    }
    const goesOn = (this.#shown[0]?.skip ?? 0) > 0
    const next = startWithText(joinTexts([...settled, ...open]), goesOn)
    this.#shown = this.#patch(this.#element, this.#shown, next)
    if (settled.length === 0) return
    const final = startWithText([...settled], goesOn)
    const last = final.at(-1)
    const end = last?.kind === 'text' ? final.length - 1 : final.length
    for (const shown of this.#shown.splice(0, end)) this.#final.push(shown)
    const text = this.#shown[0]
    if (last?.kind !== 'text' || text?.node.kind !== 'text') return
    text.skip += last.text.length
    text.node = { kind: 'text', text: text.node.text.slice(last.text.length) }
  }

  /** Goes on in another element, and takes along what is shown. */
  moveTo(element: HTMLElement): void {
    element.append(...this.#element.childNodes)
    this.#element.replaceWith(element)
    this.#element = element
  }

  /** Turns what `parent` shows at its end into `next`. What it shows already stays: a drawn formula, a loaded image. */
  #patch(parent: Node, shown: readonly Shown[], next: readonly Inline[]): Shown[] {
    let at = 0
    const patched = next.map((node) => {
      // Any text could become any other one, so that only the one in this place does.
      const ahead = node.kind === 'text' ? 1 : LOOK_AHEAD
      const same = shown.slice(at, at + ahead).findIndex((old) => this.#adapt(old, node))
      const kept = shown[at + same]
      if (same < 0 || !kept) return this.#create(node)
      at += same + 1
      return kept
    })
    const kept = new Set(patched)
    for (const old of shown) if (!kept.has(old)) (old.dom as ChildNode).remove()
    let after: Node | null = null
    for (const { dom } of patched.toReversed()) {
      if (dom.parentNode !== parent) parent.insertBefore(dom, after)
      after = dom
    }
    return patched
  }

  #create(node: Inline): Shown {
    const shown: Shown = {
      node,
      dom: createInline(node, this.#style, (dom) => (shown.dom = dom)),
      children: [],
      skip: 0,
    }
    if ('children' in node) shown.children = this.#patch(shown.dom, [], node.children)
    return shown
  }

  /** Makes the node show `next`, if it is of that kind. */
  #adapt(shown: Shown, next: Inline): boolean {
    const { node, dom } = shown
    if (node === next) return true
    if (node.kind === 'text' && next.kind === 'text') {
      setText(dom as Text, shown.skip, node.text, next.text)
    } else if (node.kind === 'code' && next.kind === 'code') {
      setText(dom.firstChild as Text, 0, node.text, next.text)
    } else if (node.kind === 'math' && next.kind === 'math' && node.open && node.display === next.display) {
      setText(dom.firstChild?.firstChild as Text, 0, node.tex, next.tex)
      if (!next.open) drawFormula(dom as Element, next.tex, next.display, this.#style)
    } else if ('children' in node && 'children' in next && node.kind === next.kind) {
      if (node.kind === 'link' && next.kind === 'link') {
        if (node.href !== undefined && (node.href !== next.href || node.title !== next.title)) return false
        if (node.href === undefined) setAttributes(dom as Element, linkAttributes(next.href, next.title))
      }
      shown.children = this.#patch(dom, shown.children, next.children)
    } else if (JSON.stringify(node) !== JSON.stringify(next)) {
      return false
    }
    shown.node = next
    return true
  }
}

/** With all the text on the page: what was final can change when it is read again. */
function whole(shown: Shown): Shown {
  const { node, dom } = shown
  return node.kind === 'text' ? { ...shown, node: { kind: 'text', text: (dom as Text).data }, skip: 0 } : shown
}

/** A text in front, empty if need be: where a final text may go on, it stands for what comes to it. */
function startWithText(nodes: Inline[], goesOn: boolean): Inline[] {
  return goesOn && nodes[0]?.kind !== 'text' ? [{ kind: 'text', text: '' }, ...nodes] : nodes
}

/** Changes the end of a text from `before` to `after`; `at` is where `before` begins. Growing is an append. */
function setText(node: Text, at: number, before: string, after: string): void {
  if (before === after) return
  if (after.startsWith(before)) {
    node.appendData(after.slice(before.length))
    return
  }
  let same = 0
  while (same < after.length && before[same] === after[same]) same++
  node.replaceData(at + same, before.length - same, after.slice(same))
}
