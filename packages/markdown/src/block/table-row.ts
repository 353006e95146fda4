import type { Align } from './blocks.ts'

const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** The second line of a table: a colon on a side aligns the column to it (GFM, "Tables"). */
export function delimiterRow(line: string): Align[] | undefined {
  if (!/[|:]/.test(line) || !DELIMITER_ROW.test(line)) return undefined
  return cellsOf(line).map((cell) => {
    if (/^\s*:/.test(cell)) return /:\s*$/.test(cell) ? 'center' : 'left'
    return /:\s*$/.test(cell) ? 'right' : undefined
  })
}

function cellsOf(line: string): string[] {
  return line.trim().replace(/^\|/, '').replace(/\|$/, '').split('|')
}

/** How many cells a whole line has. */
export function countCells(line: string): number {
  return cellsOf(line.replace(/\\[^]/g, '.')).length
}

/** Cuts the line of a table into cells while it grows. A bar behind a backslash is text, in code as well. */
export class RowSplitter {
  readonly #cells: { start(): void; text(text: string): void; end(): void }
  /** Before the first cell; behind a bar, where only blanks came since; in a cell. */
  #place: 'start' | 'bar' | 'cell' = 'start'
  #backslash = false

  constructor(cells: { start(): void; text(text: string): void; end(): void }) {
    this.#cells = cells
  }

  feed(text: string): void {
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const char = text[i]
      if (this.#backslash) {
        this.#backslash = false
        this.#open()
        this.#cells.text(char === '|' ? '|' : `\\${char}`)
        from = i + 1
      } else if (char === '\\' || char === '|') {
        this.#write(text.slice(from, i))
        if (char === '|') this.#bar()
        else this.#backslash = true
        from = i + 1
      }
    }
    this.#write(text.slice(from))
  }

  end(): void {
    if (this.#backslash) {
      this.#open()
      this.#cells.text('\\')
    }
    if (this.#place === 'cell') this.#cells.end()
  }

  #write(text: string): void {
    const visible = this.#place === 'cell' ? text : text.trimStart()
    if (visible === '') return
    this.#open()
    this.#cells.text(visible)
  }

  #open(): void {
    if (this.#place === 'cell') return
    this.#place = 'cell'
    this.#cells.start()
  }

  #bar(): void {
    if (this.#place === 'bar') this.#open()
    if (this.#place === 'cell') this.#cells.end()
    this.#place = 'bar'
  }
}
