import { type Delimiter, type Inline, joinTexts, type Token } from './nodes.ts'
import { TokenList, written } from './token-list.ts'

/** Why reading stopped before the end of the text. */
export interface Waiting {
  /** How to show what has not been read: as it stands, or as what it will most likely be. Without it, not at all. */
  show?: (rest: string) => Inline
  /** Between `](` and `)`: what stands in the brackets is a link. */
  link?: boolean
}

/** Openers beyond this many are hidden, but wrap nothing: the tree that is shown stays flat enough. */
const MAX_OPEN = 8

/**
 * What a reader should see of text whose constructs are still open: an opener counts as if its closer stood at the end,
 * a link shows its text, an unfinished image nothing, and no bracket or asterisk that will go is seen.
 */
export function mend(tokens: readonly Token[], waiting: Waiting, rest: string): Inline[] {
  // Within brackets emphasis was left alone; here it counts.
  const list = TokenList.of(tokens).tokens
  const image = list.findIndex((token) => token.kind === 'bracket' && token.image && !token.isShown)
  if (image >= 0) return close(list.slice(0, image))
  const link = waiting.link ? list.findLastIndex((token) => token.kind === 'bracket') : -1
  if (link < 0) return close(waiting.show ? [...list, waiting.show(rest)] : list)
  const children = close(list.slice(link + 1))
  const node: Inline = { kind: 'link', href: undefined, title: '', children }
  return close(children.length > 0 ? [...list.slice(0, link), node] : list)
}

/** Closes every opener at the end. Brackets that may hold links leave no trace. */
function close(tokens: readonly Token[]): Inline[] {
  let depth = tokens.filter(({ kind }) => kind === 'delimiter').length
  /** What follows, last first: from the innermost out, so that no nesting needs a recursion. */
  let nodes: Inline[] = []
  for (const token of tokens.toReversed()) {
    if (token.kind === 'delimiter') {
      if (depth-- <= MAX_OPEN && nodes.length > 0) nodes = [wrap(token, joinTexts(nodes.reverse()))]
    } else if (token.kind !== 'bracket') {
      nodes.push(token)
    } else if (token.isShown) {
      nodes.push(written(token))
    }
  }
  return joinTexts(nodes.reverse())
}

/** Emphasis for the odd one of the run, strong emphasis for each pair. */
function wrap({ char, count }: Delimiter, children: Inline[]): Inline {
  if (char === '~') return { kind: 'strike', children }
  const inner: Inline[] = count > 1 && count % 2 === 1 ? [{ kind: 'strong', children }] : children
  return { kind: count % 2 === 1 ? 'emphasis' : 'strong', children: inner }
}
