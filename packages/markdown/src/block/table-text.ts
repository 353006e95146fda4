import { type InlineContext, InlineParser } from '../inline/parser.ts'
import type { Cell, Container, Row, Table } from './blocks.ts'
import type { Changes } from './changes.ts'
import { RowSplitter } from './table-row.ts'

/** Writes a table, one growing row at a time. */
export class TableText {
  readonly table: Table
  readonly #context: InlineContext
  readonly #changes: Changes
  #head: Cell[] = []
  #row: { block: Row; splitter: RowSplitter; columns: number } | undefined
  #cell: Cell | undefined

  /** Begins with the first line, which is the head if the second one makes this a table. */
  constructor(parent: Container, context: InlineContext, changes: Changes) {
    this.table = { kind: 'table', parent, aligns: [], tentative: true, dropped: false }
    this.#context = context
    this.#changes = changes
    this.#startRow()
  }

  /** The second line came: it is a table, with these columns. */
  confirm(aligns: Table['aligns']): void {
    this.table.aligns = aligns
    this.end()
    this.table.tentative = false
    this.#changes.add(this.table)
    for (const cell of this.#head) this.#changes.add(cell)
    this.#head = []
  }

  /** It was no table. */
  drop(): void {
    this.table.dropped = true
    this.#changes.add(this.table)
  }

  startLine(text: string): void {
    this.#startRow()
    this.feed(text)
  }

  #startRow(): void {
    const block: Row = { kind: 'row', parent: this.table, head: this.table.tentative }
    const splitter = new RowSplitter({
      start: () => this.#startCell(),
      text: (text) => this.#cell && this.#feed(this.#cell, text),
      end: () => this.#endCell(),
    })
    this.#row = { block, splitter, columns: 0 }
    this.#changes.add(this.table)
    this.#changes.add(block)
  }

  feed(text: string): void {
    this.#row?.splitter.feed(text)
  }

  /** Ends the row, and fills it up: rows have as many cells as the head. */
  end(): void {
    const row = this.#row
    if (!row) return
    row.splitter.end()
    while (row.columns < this.table.aligns.length) {
      this.#startCell()
      this.#endCell()
    }
    this.#row = undefined
  }

  #startCell(): void {
    const row = this.#row
    if (!row) return
    const column = row.columns++
    if (!this.table.tentative && column >= this.table.aligns.length) return
    this.#cell = { kind: 'cell', parent: row.block, column, text: new InlineParser(this.#context), closed: false }
    if (this.table.tentative) this.#head.push(this.#cell)
    this.#changes.add(this.#cell)
  }

  #feed(cell: Cell, text: string): void {
    cell.text.feed(text)
    this.#changes.add(cell)
  }

  #endCell(): void {
    if (this.#cell) this.#changes.close(this.#cell)
    this.#cell = undefined
  }
}
