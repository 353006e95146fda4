/** Makes every line end a `\n`, and keeps together what belongs together, wherever the text is cut. */
export class LineEnds {
  /** A `\r` that may belong to a `\n`, or the first half of a character. */
  #held = ''

  normalize(piece: string): string {
    const text = this.#held + piece
    this.#held = /[\r\ud800-\udbff]$/.exec(text)?.[0] ?? ''
    return clean(this.#held === '' ? text : text.slice(0, -1))
  }

  /** What was held back, when nothing follows. */
  rest(): string {
    return clean(this.#held)
  }
}

/** A null character is replaced, as CommonMark §2.3 asks. */
function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd')
}
