import { parseHTML } from 'linkedom'

/**
 * What our nodes and a specification's HTML have in common. Ours differ on purpose: code stands in a box with a header,
 * items always hold paragraphs (a list says that it is `loose`), links open in a tab of their own.
 */
export function comparable(root: Element): string {
  return writeChildren(root, true)
}

/** The same of a specification's HTML. */
export function comparableHtml(html: string): string {
  const { document } = parseHTML(`<!doctype html><html><body><div>${html}</div></body></html>`)
  const root = document.body.firstElementChild
  return root ? writeChildren(root, false) : ''
}

function writeChildren(root: Element, isOurs: boolean): string {
  return [...root.childNodes]
    .filter((node) => !isBetweenBlocks(node))
    .map((node) => write(node, { isOurs, keepsSpace: false }))
    .join('')
}

const OURS = new Set(['style', 'target', 'rel', 'referrerpolicy', 'decoding', 'tabindex'])
const BLOCKS = /^(?:p|h[1-6]|ul|ol|li|blockquote|pre|hr|table|thead|tbody|tr|th|td|div|section)$/

interface Mode {
  /** Only our lists say whether they are loose; the items of a specification's tight list hold no paragraphs. */
  isOurs: boolean
  keepsSpace: boolean
}

function write(node: Node, mode: Mode): string {
  if (node.nodeType === node.TEXT_NODE) {
    const text = (node as Text).data
    if (mode.keepsSpace) return escaped(text)
    const start = isBlock(node.previousSibling) ? text.trimStart() : text
    return escaped((isBlock(node.nextSibling) ? start.trimEnd() : start).replace(/\s+/g, ' '))
  }
  if (node.nodeType !== node.ELEMENT_NODE) return ''
  const element = node as Element
  const name = element.localName
  if (name === 'div' && element.className === 'code-block') return write(element.lastChild as Node, mode)
  if (name === 'div' && element.className === 'table-scroll') return write(element.firstChild as Node, mode)
  const children = [...element.childNodes]
    .filter((child) => !isBetweenBlocks(child))
    .map((child) => write(child, { ...mode, keepsSpace: mode.keepsSpace || name === 'pre' }))
    .join('')
  const content = BLOCKS.test(name) && name !== 'pre' ? children.trim() : children
  if (name === 'p' && mode.isOurs && isInTightItem(element)) return content
  const attributes = [...element.attributes]
    .filter(
      ({ name: attribute, value }) =>
        !OURS.has(attribute) && !(attribute === 'class' && /^(?:loose|task|)$/.test(value)),
    )
    .map(({ name: attribute, value }) => ` ${attribute}="${escaped(value)}"`)
    .sort()
  if (name === 'br') return '<br>'
  return `<${name}${attributes.join('')}>${content.replace(/<br> /g, '<br>')}</${name}>`
}

function isInTightItem({ parentElement: item }: Element): boolean {
  return item?.localName === 'li' && item.parentElement?.classList.contains('loose') === false
}

function isBetweenBlocks(node: Node): boolean {
  if (node.nodeType !== node.TEXT_NODE || (node as Text).data.trim() !== '') return false
  return isBlock(node.previousSibling) || isBlock(node.nextSibling)
}

function isBlock(node: Node | null): boolean {
  return node !== null && BLOCKS.test((node as Element).localName ?? '')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
