import type { Container, Literal } from './blocks.ts'
import type { Changes } from './changes.ts'

/** Writes code, a formula or raw HTML, line by line. */
export class LiteralText {
  readonly block: Literal
  readonly #changes: Changes
  readonly #holdsBlanks: boolean
  #isEmpty = true
  /** Blank lines that belong to the text only if more of it follows. */
  #held = ''

  /** @param holdsBlanks whether blank lines at the end are left out, as in indented code. */
  constructor(kind: Literal['kind'], parent: Container, language: string, changes: Changes, holdsBlanks = false) {
    this.block = { kind, parent, language, fresh: [], closed: false }
    this.#changes = changes
    this.#holdsBlanks = holdsBlanks
    // Raw HTML is shown when it is whole: a comment is not shown at all.
    if (kind !== 'html') changes.add(this.block)
  }

  startLine(text: string): void {
    const line = this.#isEmpty ? text : `\n${text}`
    this.#isEmpty = false
    if (this.#holdsBlanks && /^[ \t]*$/.test(text)) {
      this.#held += line
    } else {
      this.feed(this.#held + line)
      this.#held = ''
    }
  }

  feed(text: string): void {
    this.block.fresh.push(text)
    if (this.block.kind !== 'html') this.#changes.add(this.block)
  }

  end(): void {
    const { kind, fresh } = this.block
    this.block.closed = true
    if (kind === 'html') this.block.fresh = [withoutComments(fresh.join(''))]
    if (kind === 'code' && !this.#isEmpty) fresh.push('\n')
    if (kind !== 'html' || /\S/.test(this.block.fresh.join(''))) this.#changes.add(this.block)
  }
}

/** Up to the last end of a comment each has one, so that none is searched in vain. */
function withoutComments(text: string): string {
  const end = text.lastIndexOf('-->') + 3
  return end < 3 ? text : text.slice(0, end).replace(/<!--[^]*?-->/g, '') + text.slice(end)
}
