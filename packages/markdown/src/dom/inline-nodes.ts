import { encodeAddress, imageSource, isAllowed } from '../addresses.ts'
import type { Inline } from '../inline/nodes.ts'
import type { MarkdownOptions } from '../options.ts'
import { type Attributes, element } from './element.ts'

/** What drawing inline nodes needs to know of the document. */
export interface InlineStyle {
  readonly document: Document
  readonly options: Pick<MarkdownOptions, 'math' | 'imagePolicy'>
  /** The element that stands for a reference to this footnote. */
  note(label: string): Node
}

const TAGS = { emphasis: 'em', strong: 'strong', strike: 'del', break: 'br', link: 'a' }

/**
 * The page's node for an inline one. What holds others is empty: the caller fills it.
 * @param replaced told of the image that takes the place of its button.
 */
export function createInline(node: Inline, style: InlineStyle, replaced: (image: Node) => void): Node {
  const { document } = style
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text)
    case 'code':
      return element(document, 'code', {}, document.createTextNode(node.text))
    case 'link':
      return element(document, TAGS.link, linkAttributes(node.href, node.title))
    case 'image':
      return createImage(node, style, replaced)
    case 'math':
      return createFormula('span', node.tex, node.display, !node.open, style)
    case 'note':
      return style.note(node.label)
    case 'checkbox':
      return element(document, 'input', { type: 'checkbox', disabled: '', checked: node.checked ? '' : undefined })
    default:
      return element(document, TAGS[node.kind])
  }
}

/** A link opens in a tab of its own, which learns nothing of this one. Without an address it is still being written. */
export function linkAttributes(href: string | undefined, title: string): Attributes {
  if (href === undefined) return {}
  return { href: encodeAddress(href), title: title || undefined, target: '_blank', rel: 'noopener noreferrer' }
}

/** Shows the source of a formula and, once that is complete, has it drawn. */
export function createFormula(
  tag: 'span' | 'div',
  tex: string,
  display: boolean,
  complete: boolean,
  style: InlineStyle,
): HTMLElement {
  const { document } = style
  const source = element(document, 'code', {}, document.createTextNode(tex))
  const formula = element(document, tag, { class: display ? 'math math-display' : 'math' }, source)
  if (complete) drawFormula(formula, tex, display, style)
  return formula
}

/** Has a complete formula drawn, where there is something that draws. */
export function drawFormula(formula: Element, tex: string, display: boolean, { options }: InlineStyle): void {
  const { math } = options
  if (math) import('./draw.ts').then(({ putFormula }) => putFormula(math, formula, tex, display), stays)
}

/** What draws can't be loaded: the source stays. */
export function stays(): void {}

type Image = Extract<Inline, { kind: 'image' }>

/** An image that has to be fetched waits behind a button with its alternative text, unless the policy allows it. */
function createImage(image: Image, { document, options }: InlineStyle, replaced: (image: Node) => void): Node {
  const { alt, title } = image
  const source = imageSource(image.src)
  const src = source === 'inline' ? image.src : encodeAddress(image.src)
  if (source === 'none') return document.createTextNode(alt)
  const load = () =>
    element(document, 'img', {
      alt,
      title: title || undefined,
      referrerpolicy: 'no-referrer',
      decoding: 'async',
      src,
    })
  const policy = options.imagePolicy ?? 'click'
  if (source === 'inline' || (typeof policy === 'function' ? isAllowed(policy, src) : policy === 'allow')) return load()
  const button = element(
    document,
    'button',
    { type: 'button', class: 'image-button', title: alt ? undefined : src },
    alt || '🖼',
  )
  button.addEventListener('click', (event) => {
    event.preventDefault()
    const loaded = load()
    button.replaceWith(loaded)
    replaced(loaded)
  })
  return button
}
