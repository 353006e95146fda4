import type { References } from '../references.ts'
import type { Block, Cell, TextBlock } from './blocks.ts'

/** The blocks that look different since the renderer last asked, in the order of the text. */
export class Changes {
  readonly #references: References
  #blocks = new Set<Block>()

  constructor(references: References) {
    this.#references = references
  }

  add(block: Block): void {
    this.#blocks.add(block)
  }

  /** No more text comes for this block. It is read again if a definition it asks for comes later. */
  close(block: TextBlock | Cell): void {
    block.text.end()
    block.closed = true
    this.#references.watch(block)
    this.#blocks.add(block)
  }

  take(): Iterable<Block> {
    for (const block of this.#references.takeStale()) this.#blocks.add(block)
    const blocks = this.#blocks
    this.#blocks = new Set()
    return blocks
  }
}
