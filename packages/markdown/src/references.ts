import type { Cell, TextBlock } from './block/blocks.ts'
import { loadEntities } from './inline/entities.ts'
import { type LinkTarget, normalizeLabel } from './inline/link-target.ts'
import type { InlineContext } from './inline/parser.ts'

type Reader = TextBlock | Cell

/** The definitions of links and footnotes, and the finished texts that wait for one. */
export class References implements InlineContext {
  readonly allowsLink: (href: string) => boolean
  readonly math: InlineContext['math']
  readonly #targets = new Map<string, LinkTarget>()
  readonly #notes = new Set<string>()
  /** By what they miss. */
  readonly #waiting = new Map<string, Set<Reader>>()
  readonly #stale = new Set<Reader>()
  #isComplete = false
  #entities: Promise<void> | undefined

  readonly #onStale: () => void

  /** @param onStale called when finished texts read differently though nothing was written. */
  constructor(options: Pick<InlineContext, 'allowsLink' | 'math'>, onStale: () => void) {
    this.#onStale = onStale
    this.allowsLink = options.allowsLink
    this.math = options.math
  }

  definition(label: string): LinkTarget | undefined {
    return this.#targets.get(label)
  }

  /** A footnote usually comes long after its reference, so it is believed in until the text is complete. */
  note(label: string): boolean | undefined {
    return this.#notes.has(label) || (this.#isComplete ? undefined : false)
  }

  /** The first definition of a label counts. */
  define(label: string, target: LinkTarget): void {
    const name = normalizeLabel(label)
    if (this.#targets.has(name)) return
    this.#targets.set(name, target)
    this.#arrive(name)
  }

  /** False: the label has its note already. */
  defineNote(label: string): boolean {
    if (this.#notes.has(label)) return false
    this.#notes.add(label)
    this.#arrive(`^${label}`)
    return true
  }

  /** Remembers what a finished text looked up in vain. */
  watch(reader: Reader): void {
    for (const label of reader.text.missing) {
      if (label.startsWith('&')) this.#entities ??= this.#loadEntities()
      const waiting = this.#waiting.get(label)
      if (waiting) waiting.add(reader)
      else this.#waiting.set(label, new Set([reader]))
    }
  }

  /** The text is complete: a footnote without a definition is text. */
  complete(): void {
    this.#isComplete = true
    this.#arriveAll('^')
  }

  /** The texts that read differently now. */
  takeStale(): Reader[] {
    const readers = [...this.#stale]
    this.#stale.clear()
    for (const reader of readers) {
      reader.text.again()
      this.watch(reader)
    }
    return readers
  }

  async #loadEntities(): Promise<void> {
    // If they can't be fetched the names stay as they are written.
    await loadEntities().catch(() => undefined)
    this.#arriveAll('&')
    this.#onStale()
  }

  #arriveAll(mark: string): void {
    for (const label of [...this.#waiting.keys()]) {
      if (label.startsWith(mark)) this.#arrive(label)
    }
  }

  #arrive(label: string): void {
    for (const reader of this.#waiting.get(label) ?? []) this.#stale.add(reader)
    this.#waiting.delete(label)
  }
}
