import { type Attributes, element } from './element.ts'

/** The footnotes at the end of the document, numbered in the order of their first references. */
export class NotesView {
  readonly #root: HTMLElement
  #numbers = new Map<string, number>()
  readonly #references: { label: string; button: HTMLElement }[] = []
  readonly #items = new Map<string, HTMLElement>()
  #list: HTMLElement | undefined
  #isStale = false

  constructor(root: HTMLElement) {
    this.#root = root
  }

  /** The blocks of the document come before it. */
  get section(): HTMLElement | null {
    return this.#list?.parentElement ?? null
  }

  /** An element that refers to a footnote. */
  refer(label: string): HTMLElement {
    const number = this.#numbers.get(label) ?? this.#numbers.size + 1
    this.#numbers.set(label, number)
    const button = this.#create('button', { type: 'button', class: 'footnote-link' }, String(number))
    this.#references.push({ label, button })
    this.#isStale = true
    return this.#create('sup', { class: 'footnote-ref' }, button)
  }

  /** The element that takes the text of a footnote. It is seen when something refers to it. */
  define(label: string | undefined): HTMLElement {
    const item = this.#create('li', { tabindex: '-1' })
    if (label !== undefined) this.#items.set(label, item)
    this.#isStale = true
    return item
  }

  /** Puts the footnotes in order. */
  update(): void {
    if (!this.#isStale) return
    this.#isStale = false
    this.#labels().forEach((label, i) => {
      const list = this.#list ?? this.#createList()
      const item = this.#items.get(label)
      const there = list.children[i]
      if (item && there !== item) list.insertBefore(item, there ?? null)
    })
  }

  /** No more footnotes come: references without one do not count. */
  complete(): void {
    this.#numbers = new Map(this.#labels().map((label, i) => [label, i + 1]))
    for (const { label, button } of this.#references) {
      const number = String(this.#numbers.get(label))
      if (button.textContent !== number) button.textContent = number
    }
  }

  /** The footnote that this element refers to. */
  target(button: Element): HTMLElement | undefined {
    const reference = this.#references.find((candidate) => candidate.button === button)
    return reference && this.#items.get(reference.label)
  }

  /** Those that are referred to and defined. */
  #labels(): string[] {
    return [...this.#numbers.keys()].filter((label) => this.#items.has(label))
  }

  #createList(): HTMLElement {
    this.#list = this.#create('ol')
    this.#root.append(this.#create('section', { class: 'footnotes' }, this.#list))
    return this.#list
  }

  #create(tag: string, attributes?: Attributes, ...children: (Node | string)[]): HTMLElement {
    return element(this.#root.ownerDocument, tag, attributes, ...children)
  }
}
