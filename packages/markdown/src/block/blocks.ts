import type { InlineParser } from '../inline/parser.ts'

/** What the block parser makes of the lines. Each block knows its parent only: what is finished can be forgotten. */
export type Container = Root | Quote | List | Item | Note
export type Leaf = TextBlock | Literal | Rule | Table
export type Block = Exclude<Container, Root> | Leaf | Row | Cell

export interface Root {
  kind: 'root'
}

export interface Quote {
  kind: 'quote'
  parent: Container
}

export interface List {
  kind: 'list'
  parent: Container
  /** `-`, `+`, `*`, `.` or `)`: another marker begins another list. */
  marker: string
  /** The number of the first item of an ordered list. */
  start: number | undefined
  /** Blank lines between its items or within one. */
  loose: boolean
  isEmpty: boolean
}

export interface Item {
  kind: 'item'
  parent: List
  /** The columns by which its lines are indented. */
  indent: number
  isEmpty: boolean
}

/** The text of a footnote; it stands in the document's notes, wherever it was written. */
export interface Note {
  kind: 'note'
  parent: Container
  indent: number
  /** Undefined: an earlier note has this label, so this one is not shown. */
  label: string | undefined
}

export interface TextBlock {
  kind: 'text'
  parent: Container
  /** 1 to 6 for a heading, 0 for a paragraph. */
  level: number
  /** Ends when no more text comes. */
  text: InlineParser
  closed: boolean
  /** What was shown for its last line while that may have been a table's head: it stands behind this block. */
  before: Table | undefined
}

/** Text that is not parsed. */
export interface Literal {
  kind: 'code' | 'html' | 'math'
  parent: Container
  /** The first word behind a fence. */
  language: string
  /** What has come since it was last shown. */
  fresh: string[]
  closed: boolean
}

export interface Rule {
  kind: 'rule'
  parent: Container
}

export type Align = 'left' | 'center' | 'right' | undefined

export interface Table {
  kind: 'table'
  parent: Container
  aligns: Align[]
  /** Its second line has not come: what looked like its head may be text. */
  tentative: boolean
  /** It was no table. */
  dropped: boolean
}

export interface Row {
  kind: 'row'
  parent: Table
  head: boolean
}

export interface Cell {
  kind: 'cell'
  parent: Row
  column: number
  text: InlineParser
  closed: boolean
}
