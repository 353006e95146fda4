import { parseHTML } from 'linkedom'
import { createMarkdownStream, type MarkdownOptions, renderMarkdown } from '../index.ts'

const { document } = parseHTML('<!doctype html><html><body></body></html>')

export function emptyElement(): HTMLElement {
  return document.createElement('div')
}

/** The text shown at once. */
export function rendered(text: string, options: MarkdownOptions = {}): HTMLElement {
  const element = emptyElement()
  renderMarkdown(element, text, { highlight: false, ...options })
  return element
}

/** The pieces shown one after the other; complete unless `isOpen`. */
export function streamed(pieces: Iterable<string>, options: MarkdownOptions = {}, isOpen = false): HTMLElement {
  const element = emptyElement()
  const stream = createMarkdownStream(element, { highlight: false, showEveryMs: 0, ...options })
  for (const piece of pieces) stream.append(piece)
  if (!isOpen) stream.done()
  return element
}

/** Everything that two equal trees have in common: elements, attributes, and where texts begin and end. */
export function outline(node: Node): string {
  if (node.nodeType === node.TEXT_NODE) return JSON.stringify((node as Text).data)
  const element = node as Element
  const attributes = [...element.attributes].map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`).sort()
  return `<${element.localName}${attributes.join('')}>${[...node.childNodes].map(outline).join('')}</>`
}

/** Cuts a text into its characters, surrogates apart. */
export function units(text: string): string[] {
  return Array.from({ length: text.length }, (_, i) => text.charAt(i))
}
