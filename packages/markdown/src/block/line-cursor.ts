/** A place in one line, counted in columns: a tab reaches to the next multiple of four and may be read in part (§2.2). */
export class LineCursor {
  readonly text: string
  #offset = 0
  #column = 0
  /** How many columns of the tab at `#offset` are left; 0 when none of it was read. */
  #tabLeft = 0

  constructor(text: string) {
    this.text = text
  }

  /** The columns of blanks before the next character. */
  get indent(): number {
    let column = this.#column
    for (let i = this.#offset; ; i++) {
      const char = this.text[i]
      if (char === ' ') column++
      else if (char === '\t') column += i === this.#offset && this.#tabLeft > 0 ? this.#tabLeft : 4 - (column % 4)
      else return column - this.#column
    }
  }

  /** Nothing but blanks is left. */
  get isBlank(): boolean {
    return this.#next() >= this.text.length
  }

  /** The text from the next character on that is not blank. */
  get word(): string {
    return this.text.slice(this.#next())
  }

  /** All that is left, a tab that was read in part as spaces. */
  get rest(): string {
    const rest = this.text.slice(this.#offset)
    return this.#tabLeft > 0 ? ' '.repeat(this.#tabLeft) + rest.slice(1) : rest
  }

  /** Passes blanks, at most so many columns of them. */
  skip(columns: number): void {
    for (let left = columns; left > 0; ) {
      const char = this.text[this.#offset]
      if (char === ' ') {
        this.#offset++
        this.#column++
        left--
      } else if (char === '\t') {
        const width = this.#tabLeft > 0 ? this.#tabLeft : 4 - (this.#column % 4)
        const read = Math.min(left, width)
        this.#column += read
        left -= read
        this.#tabLeft = width - read
        if (this.#tabLeft === 0) this.#offset++
      } else {
        return
      }
    }
  }

  /** Passes the blanks and then so many characters. */
  take(characters: number): void {
    this.skip(this.indent)
    this.#offset += characters
    this.#column += characters
  }

  #next(): number {
    let i = this.#offset
    while (this.text[i] === ' ' || this.text[i] === '\t') i++
    return i
  }
}
