/** What the inline parser gives and the renderer draws. Plain data: no DOM, no HTML. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'emphasis' | 'strong' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  /** Without `href` the link is still being written. */
  | { kind: 'link'; href: string | undefined; title: string; children: Inline[] }
  | { kind: 'image'; src: string; title: string; alt: string }
  | { kind: 'break' }
  /** `open`: the closing delimiter has not come yet. */
  | { kind: 'math'; tex: string; display: boolean; open: boolean }
  /** A reference to a footnote. */
  | { kind: 'note'; label: string }
  | { kind: 'checkbox'; checked: boolean }

/** A run of `*`, `_` or `~~` that may still become the start of emphasis. */
export interface Delimiter {
  kind: 'delimiter'
  char: string
  /** How many characters of the run are left. */
  count: number
  /** How long the run was: the rule of three of CommonMark §6.2 asks for it. */
  length: number
  /** Where it stands in the whole text. */
  at: number
  canOpen: boolean
  canClose: boolean
}

/** A `[` or `![` whose `]` has not come yet. */
export interface Bracket {
  kind: 'bracket'
  image: boolean
  /** Off once a link was found behind it: links hold no links. */
  active: boolean
  /** Where the text behind the bracket begins in the parser's source. */
  start: number
  /** It will hardly become a link any more, so that it is shown. */
  isShown: boolean
}

export type Token = Inline | Delimiter | Bracket

/** Joins neighbouring texts and leaves out empty ones, so that a tree has one form only. */
export function joinTexts(nodes: readonly Inline[]): Inline[] {
  const joined: Inline[] = []
  for (const node of nodes) {
    const last = joined.at(-1)
    if (node.kind !== 'text') joined.push(node)
    else if (last?.kind === 'text') joined[joined.length - 1] = { kind: 'text', text: last.text + node.text }
    else if (node.text !== '') joined.push(node)
  }
  return joined
}

/** The nodes as plain text: the alternative text of an image (CommonMark §6.4). */
export function plainText(nodes: readonly Inline[]): string {
  return nodes.map(textOf).join('')
}

function textOf(node: Inline): string {
  if ('children' in node) return plainText(node.children)
  if ('text' in node) return node.text
  if (node.kind === 'image') return node.alt
  if (node.kind === 'math') return node.tex
  return node.kind === 'break' ? '\n' : ''
}

/** Replaces links by what they show, at any depth: the text of a link can't hold another one. */
export function withoutLinks(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'link') return withoutLinks(node.children)
    return 'children' in node ? [{ ...node, children: withoutLinks(node.children) }] : [node]
  })
}
