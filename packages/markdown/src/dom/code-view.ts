import type { LoadHighlighter } from '../highlight/highlighter.ts'
import type { MarkdownOptions } from '../options.ts'
import type { CodePainter } from './code-painter.ts'
import { element } from './element.ts'
import { stays } from './inline-nodes.ts'

/** What colours code comes with the first block that asks for it. */
let painting: typeof import('./code-painter.ts') | undefined

/** Shows growing code, in a box with the language's name and a button that copies it. */
export class CodeView {
  readonly element: HTMLElement
  readonly #code: HTMLElement
  #painter: CodePainter | undefined
  readonly #language: string
  readonly #drawCode: MarkdownOptions['drawCode']
  #isComplete = false

  constructor(
    document: Document,
    language: string,
    load: LoadHighlighter | undefined,
    { copyLabel = 'Copy', drawCode }: MarkdownOptions,
  ) {
    this.#language = language
    this.#drawCode = drawCode
    this.#code = element(document, 'code', { class: language ? `language-${language}` : undefined })
    const name = element(document, 'span', { class: 'code-language' }, language)
    const copy = element(document, 'button', { class: 'code-copy', type: 'button' }, copyLabel)
    const header = element(document, 'div', { class: 'code-header' }, name, copy)
    this.element = element(document, 'div', { class: 'code-block' }, header, element(document, 'pre', {}, this.#code))
    if (load && language !== '') void this.#load(load, language.toLowerCase())
  }

  append(text: string): void {
    const last = this.#code.lastChild as Text | null
    if (text === '') return
    if (this.#painter) this.#painter.append(text)
    else if (last) last.appendData(text)
    else this.#code.append(text)
  }

  end(): void {
    this.#painter?.end()
    if (this.#isComplete) return
    this.#isComplete = true
    const [draw, language] = [this.#drawCode, this.#language]
    if (draw && language) import('./draw.ts').then(({ putDrawing }) => putDrawing(draw, this.#code, language), stays)
  }

  async #load(load: LoadHighlighter, language: string): Promise<void> {
    // Only the first block of a language is shown without colours for a moment.
    this.#painter = painting?.knownPainter(load, language, this.#code)
    if (this.#painter) return
    try {
      painting ??= await import('./code-painter.ts')
      this.#painter = await painting.loadPainter(load, language, this.#code)
      if (this.#isComplete) this.#painter?.end()
    } catch {
      // Without its highlighter code is plain, and the next block tries again.
    }
  }
}
