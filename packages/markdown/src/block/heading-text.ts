import { type InlineContext, InlineParser } from '../inline/parser.ts'
import type { Container, TextBlock } from './blocks.ts'
import type { Changes } from './changes.ts'

/** Writes a heading of one line. The number signs at its end are not part of it (CommonMark §4.2). */
export class HeadingText {
  readonly block: TextBlock
  readonly #changes: Changes
  /** What may be the closing number signs. */
  #held = ''
  #isEmpty = true

  constructor(parent: Container, level: number, context: InlineContext, changes: Changes) {
    this.block = { kind: 'text', parent, level, text: new InlineParser(context), closed: false, before: undefined }
    this.#changes = changes
  }

  startLine(text: string): void {
    this.feed(text)
  }

  feed(text: string): void {
    this.#held += this.#isEmpty && this.#held === '' ? text.trimStart() : text
    // Looked for where a run of blanks begins only: it may be long, and hold no end.
    const tail = this.#isEmpty ? /(?:^|(?<![ \t])[ \t]+)(?:#+[ \t]*)?$/ : /(?<![ \t])[ \t]+(?:#+[ \t]*)?$/
    this.#write(tail.exec(this.#held)?.index ?? this.#held.length)
  }

  end(): void {
    if (/[^# \t]/.test(this.#held)) this.#write(this.#held.length)
    this.#changes.close(this.block)
  }

  #write(length: number): void {
    if (length === 0) return
    this.block.text.feed(this.#held.slice(0, length))
    this.#held = this.#held.slice(length)
    this.#isEmpty = false
    this.#changes.add(this.block)
  }
}
