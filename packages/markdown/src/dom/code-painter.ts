import type { Highlighter, LoadHighlighter } from '../highlight/highlighter.ts'

/** What each loader gave for a language; nothing for one that it does not know. */
const loaded = new WeakMap<LoadHighlighter, Map<string, Highlighter | undefined>>()

/** A painter for a language that was loaded before. */
export function knownPainter(load: LoadHighlighter, language: string, code: HTMLElement): CodePainter | undefined {
  const highlighter = loaded.get(load)?.get(language)
  return highlighter && new CodePainter(code, highlighter)
}

export async function loadPainter(
  load: LoadHighlighter,
  language: string,
  code: HTMLElement,
): Promise<CodePainter | undefined> {
  const known = loaded.get(load) ?? new Map<string, Highlighter | undefined>()
  loaded.set(load, known)
  if (!known.has(language)) known.set(language, await load(language))
  return knownPainter(load, language, code)
}

/** Longer lines, which nobody reads, stay plain: what reads a line may look back from each place in it. */
const MAX_LINE = 4000

const asPlain: Highlighter = (text, state) => ({ tokens: [{ kind: undefined, text }], state })

/** Colours growing code: a line gets its colours when it is complete, and stays. Comes with the highlighter. */
export class CodePainter {
  readonly #code: HTMLElement
  readonly #highlighter: Highlighter
  #state = ''
  /** The last line, and the node that shows it without colours. */
  #line = ''
  #plain: Text | undefined

  /** Begins with what the element holds. */
  constructor(code: HTMLElement, highlighter: Highlighter) {
    const text = code.textContent ?? ''
    this.#code = code
    this.#highlighter = highlighter
    code.replaceChildren()
    this.append(text)
  }

  append(text: string): void {
    const lines = text.split('\n')
    const rest = lines.pop() ?? ''
    if (lines.length > 0) {
      const finished: (Node | string)[] = []
      for (const line of lines) {
        this.#line += line
        finished.push(...this.#colour('\n'))
      }
      this.#plain?.remove()
      this.#plain = undefined
      this.#code.append(...finished)
    }
    if (rest === '') return
    this.#line += rest
    if (this.#plain) {
      this.#plain.appendData(rest)
    } else {
      this.#plain = this.#code.ownerDocument.createTextNode(rest)
      this.#code.append(this.#plain)
    }
  }

  /** The last line is complete, too. */
  end(): void {
    if (this.#line !== '') this.#plain?.replaceWith(...this.#colour(''))
  }

  /** The line as it will stay, with its end. */
  #colour(end: string): (Node | string)[] {
    const isLong = this.#line.length > MAX_LINE
    const { tokens, state } = isLong ? asPlain(this.#line, this.#state) : this.#highlighter(this.#line, this.#state)
    const pieces: (Node | string)[] = []
    let plain = ''
    for (const { kind, text } of tokens) {
      if (kind === undefined) {
        plain += text
        continue
      }
      if (plain !== '') pieces.push(plain)
      plain = ''
      const token = this.#code.ownerDocument.createElement('span')
      token.className = `hl-${kind}`
      token.textContent = text
      pieces.push(token)
    }
    if (plain + end !== '') pieces.push(plain + end)
    this.#line = ''
    this.#state = state
    return pieces
  }
}
