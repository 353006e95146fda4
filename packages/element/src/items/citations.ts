/** Numbers the sources of a message and finds where their markers stand in its text (P18). */
import type { Annotation, Source } from '@millrace/protocol'

/** A source and the number it has in its message. */
export interface NumberedSource {
  readonly number: number
  readonly source: Source
}

/** The sources that are cited at one place of a text. */
export interface Citation {
  /** Position in code points, as the server counts (an emoji is one). */
  readonly index: number
  readonly sources: readonly NumberedSource[]
}

/**
 * A mark is two characters that are never seen: an invisible separator and a variation selector that numbers it. So a mark in a
 * block that is still being written, which can't be replaced yet, shows nothing.
 */
const separator = '\u2063'
const firstNumber = 0xe0100
const mostMarks = 240
const anyMark = /(\u2063[\u{E0100}-\u{E01EF}])/u

/** Sources of all parts in the order they are cited; the same source keeps its number. */
export function numberSources(parts: readonly { annotations?: readonly Annotation[] }[]): NumberedSource[] {
  const seen = new Map<string, NumberedSource>()
  for (const { source } of parts.flatMap((part) => part.annotations ?? [])) {
    const identity = identityOf(source)
    if (!seen.has(identity)) seen.set(identity, { number: seen.size + 1, source })
  }
  return [...seen.values()]
}

/** The places of one part's text that cite something, in order; a place without an index is the end. */
export function citationsOf(
  part: { text: string; annotations?: readonly Annotation[] },
  sources: readonly NumberedSource[],
): Citation[] {
  const numbers = new Map(sources.map((source) => [identityOf(source.source), source]))
  const places = new Map<number, NumberedSource[]>()
  const length = part.annotations?.length ? [...part.text].length : 0
  for (const annotation of part.annotations ?? []) {
    const cited = numbers.get(identityOf(annotation.source))
    const index = Math.min(annotation.index ?? length, length)
    const there = places.get(index) ?? []
    if (cited && !there.includes(cited)) places.set(index, [...there, cited])
  }
  return [...places]
    .sort(([a], [b]) => a - b)
    .map(([index, cited]) => ({ index, sources: cited.sort((a, b) => a.number - b.number) }))
}

/** The text with one mark character at each place, to be found again in what the markdown becomes. */
export function withMarks(text: string, citations: readonly Citation[]): string {
  if (citations.length === 0) return text
  const characters = [...text]
  let from = 0
  const pieces = citations.slice(0, mostMarks).map((citation, number) => {
    const piece = characters.slice(from, citation.index).join('') + mark(number)
    from = citation.index
    return piece
  })
  return pieces.join('') + characters.slice(from).join('')
}

/** The mark of one place. */
export function mark(number: number): string {
  return separator + String.fromCodePoint(firstNumber + number)
}

/** Replaces the marks under `block` by what `draw` makes of their citation. */
export function drawMarks(block: Element, citations: readonly Citation[], draw: (citation: Citation) => Node): void {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) {
    if (walker.currentNode instanceof Text && anyMark.test(walker.currentNode.data)) texts.push(walker.currentNode)
  }
  for (const text of texts) {
    const pieces = text.data.split(anyMark).filter((piece) => piece !== '')
    text.replaceWith(
      ...pieces.map((piece) => {
        const citation = anyMark.test(piece) ? citations[(piece.codePointAt(1) ?? 0) - firstNumber] : undefined
        return citation ? draw(citation) : piece
      }),
    )
  }
}

function identityOf(source: Source): string {
  if (source.type === 'url') return `url ${source.url}`
  return source.type === 'file' ? `file ${source.filename}` : `entity ${source.id}`
}
