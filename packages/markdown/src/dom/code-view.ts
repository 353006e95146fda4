import type { Highlighter, LoadHighlighter } from '../highlight/highlighter.ts'
import type { CodePainter } from './code-painter.ts'
import { element } from './element.ts'

type Paint = (code: HTMLElement) => CodePainter

/** What each loader gave for a language: only the first block of one is shown without colours for a moment. */
const loaded = new WeakMap<LoadHighlighter, Map<string, Paint | undefined>>()

/** Shows growing code, in a box with the language's name and a button that copies it. */
export class CodeView {
  readonly element: HTMLElement
  readonly #code: HTMLElement
  #painter: CodePainter | undefined
  #isComplete = false

  constructor(document: Document, language: string, copyLabel: string, load: LoadHighlighter | undefined) {
    this.#code = element(document, 'code', { class: language ? `language-${language}` : undefined })
    const name = element(document, 'span', { class: 'code-language' }, language)
    const copy = element(document, 'button', { class: 'code-copy', type: 'button' }, copyLabel)
    const header = element(document, 'div', { class: 'code-header' }, name, copy)
    this.element = element(document, 'div', { class: 'code-block' }, header, element(document, 'pre', {}, this.#code))
    if (load && language !== '') this.#load(load, language.toLowerCase())
  }

  append(text: string): void {
    const last = this.#code.lastChild as Text | null
    if (text === '') return
    if (this.#painter) this.#painter.append(text)
    else if (last) last.appendData(text)
    else this.#code.append(text)
  }

  end(): void {
    this.#isComplete = true
    this.#painter?.end()
  }

  #load(load: LoadHighlighter, language: string): void {
    const known = loaded.get(load) ?? new Map<string, Paint | undefined>()
    loaded.set(load, known)
    if (known.has(language)) {
      this.#painter = known.get(language)?.(this.#code)
      return
    }
    getPaint(load, language).then(
      (paint) => {
        known.set(language, paint)
        this.#painter = paint?.(this.#code)
        if (this.#isComplete) this.end()
      },
      // Without its highlighter code is plain, and the next block tries again.
      () => undefined,
    )
  }
}

async function getPaint(load: LoadHighlighter, language: string): Promise<Paint | undefined> {
  const highlighter: Highlighter | undefined = await load(language)
  if (!highlighter) return undefined
  const { CodePainter } = await import('./code-painter.ts')
  return (code) => new CodePainter(code, highlighter)
}
