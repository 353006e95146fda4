import { unescapeText } from '../inline/entities.ts'
import type { Align } from './blocks.ts'
import { type HtmlStart, htmlStart } from './html-block.ts'
import type { LineCursor } from './line-cursor.ts'
import type { ParagraphText } from './paragraph-text.ts'
import { countCells, delimiterRow } from './table-row.ts'

export type ContainerStart =
  | { kind: 'quote' }
  /** `indent`: how far the item's further lines are indented. */
  | { kind: 'item'; marker: string; start: number | undefined; indent: number }
  | { kind: 'note'; label: string }

export type LeafStart =
  | { kind: 'rule' }
  | { kind: 'heading'; level: number }
  /** The paragraph so far is a heading. */
  | { kind: 'underline'; level: number }
  /** The line before is the head of a table. */
  | { kind: 'columns'; aligns: Align[] }
  | { kind: 'fence'; fence: string; indent: number; language: string }
  | { kind: 'math'; close: string }
  | ({ kind: 'html' } & HtmlStart)

/**
 * The leaf that begins here. `paragraph` is what the line would go on with; `interrupts` also where it would do so lazily.
 */
export function leafStart(
  line: LineCursor,
  complete: boolean,
  paragraph: ParagraphText | undefined,
  interrupts: boolean,
): LeafStart | 'wait' | undefined {
  const { word } = line
  switch (word[0]) {
    case '#':
      return heading(line, complete)
    case '`':
    case '~':
      return fence(word, line.indent, complete)
    case '<': {
      // Raw HTML is read by whole lines.
      const html = htmlStart(word, complete, interrupts)
      if (!html || html === 'wait') return html
      return complete ? { kind: 'html', end: html.end } : 'wait'
    }
    case '=':
      return paragraph && underline(word, complete, paragraph)
    case '-':
      return (
        (paragraph && (underline(word, complete, paragraph) ?? columns(word, complete, paragraph))) ??
        rule(word, complete)
      )
    case '*':
    case '_':
      return rule(word, complete)
    case '|':
    case ':':
      return paragraph && columns(word, complete, paragraph)
    case '$':
      return formula(word, '$$', '$$', complete)
    case '\\':
      return formula(word, '\\[', '\\]', complete)
    default:
      return undefined
  }
}

function heading(line: LineCursor, complete: boolean): LeafStart | 'wait' | undefined {
  const marks = /^#{1,6}(?=[ \t]|$)/.exec(line.word)?.[0]
  if (!marks) return undefined
  if (!complete && marks === line.word) return 'wait'
  line.take(marks.length)
  return { kind: 'heading', level: marks.length }
}

/** An info string is read whole; behind backticks it holds none, else it is a code span. */
function fence(word: string, indent: number, complete: boolean): LeafStart | 'wait' | undefined {
  const [, mark, info = ''] = /^(`+(?!`)(?=[^`]*$)|~+)(.*)$/.exec(word) ?? []
  if (mark === undefined) return undefined
  if (!complete && (mark.length >= 3 || info === '')) return 'wait'
  if (mark.length < 3) return undefined
  return { kind: 'fence', fence: mark, indent, language: unescapeText(info.trim()).split(/\s/, 1)[0] ?? '' }
}

function underline(word: string, complete: boolean, paragraph: ParagraphText): LeafStart | 'wait' | undefined {
  if (!/^(?:=+|-+)[ \t]*$/.test(word)) return undefined
  if (!complete) return 'wait'
  return paragraph.hasText ? { kind: 'underline', level: word[0] === '=' ? 1 : 2 } : undefined
}

function columns(word: string, complete: boolean, paragraph: ParagraphText): LeafStart | 'wait' | undefined {
  if (!complete) return /^[|:-][|:\- \t]*$/.test(word) ? 'wait' : undefined
  const aligns = /^-[ \t]/.test(word) ? undefined : delimiterRow(word)
  return aligns && countCells(paragraph.lastLine) === aligns.length ? { kind: 'columns', aligns } : undefined
}

function rule(word: string, complete: boolean): LeafStart | 'wait' | undefined {
  const marks = /^([-*_])(?:[ \t]*\1)*[ \t]*$/.test(word)
  if (marks && !complete) return 'wait'
  return marks && word.replace(/[ \t]/g, '').length >= 3 ? { kind: 'rule' } : undefined
}

function formula(word: string, open: string, close: string, complete: boolean): LeafStart | 'wait' | undefined {
  const text = word.trimEnd()
  if (!complete) return open.startsWith(text) ? 'wait' : undefined
  return text === open ? { kind: 'math', close } : undefined
}

/** The container that begins here. A list interrupts a paragraph only with an item that has text and, if any, number 1. */
export function containerStart(
  line: LineCursor,
  complete: boolean,
  inParagraph: boolean,
): ContainerStart | 'wait' | undefined {
  const { word } = line
  if (word[0] === '>') {
    const taken = takeQuoteMark(line, complete)
    return taken === 'wait' ? 'wait' : { kind: 'quote' }
  }
  if (word[0] === '[') {
    const label = /^\[\^([^\s[\]]+)\]:/.exec(word)
    if (!complete && /^\[(?:\^(?:[^\s[\]]*(?:\](?::[ \t]*)?)?)?)?$/.test(word)) return 'wait'
    if (!label?.[1]) return undefined
    line.take(label[0].length)
    line.skip(line.indent)
    return { kind: 'note', label: label[1] }
  }
  if (!complete && /^(?:[-+*]|\d{1,9}[.)]?)[ \t]*$/.test(word)) return 'wait'
  const item = /^([-+*]|(\d{1,9})([.)]))(?=[ \t]|$)/.exec(word)
  if (!item?.[1]) return undefined
  const [mark, marker, number, delimiter] = item
  const isEmpty = /^[ \t]*$/.test(word.slice(mark.length))
  const start = number === undefined ? undefined : Number(number)
  if (inParagraph && (isEmpty || (start !== undefined && start !== 1))) return undefined
  const before = line.indent
  line.take(mark.length)
  const blanks = line.indent
  const gap = isEmpty || blanks > 4 ? 1 : blanks
  line.skip(gap)
  return { kind: 'item', marker: delimiter ?? marker, start, indent: before + mark.length + gap }
}

/** Passes the `>` of a quote and one blank behind it. */
export function takeQuoteMark(line: LineCursor, complete: boolean): boolean | 'wait' {
  if (line.indent > 3 || line.word[0] !== '>') return false
  if (!complete && line.word === '>') return 'wait'
  line.take(1)
  line.skip(1)
  return true
}
