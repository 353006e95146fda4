import { MAX_REACH } from './found.ts'
import { type Bracket, type Delimiter, type Inline, joinTexts, type Token } from './nodes.ts'

/**
 * Openers that wait for their closer, at most. An older one becomes text, so that a text full of lone asterisks costs
 * no search through all of them, and nesting stays bounded.
 */
const MAX_OPENERS = 64

/**
 * The tokens of one stretch of inline text, with emphasis resolved as far as it can be: every closer is matched when it
 * comes (CommonMark §6.2), so only openers are left as delimiters, and what lies before the first of them is final.
 */
export class TokenList {
  /** Read by whoever shows the unfinished rest. */
  readonly tokens: Token[] = []
  readonly #openers: Delimiter[] = []

  /** Resolves the emphasis within `tokens`, which stay as they are. */
  static of(tokens: readonly Token[]): TokenList {
    const list = new TokenList()
    for (const token of tokens) list.#add(token.kind === 'delimiter' ? { ...token } : token)
    return list
  }

  text(text: string): void {
    if (text === '') return
    const last = this.tokens.at(-1)
    if (last?.kind === 'text') this.tokens[this.tokens.length - 1] = { kind: 'text', text: last.text + text }
    else this.tokens.push({ kind: 'text', text })
  }

  /** Takes back the end of the last text: it turned out to be part of what follows. */
  untext(count: number): void {
    const last = this.tokens.at(-1)
    if (last?.kind === 'text') this.tokens[this.tokens.length - 1] = { kind: 'text', text: last.text.slice(0, -count) }
  }

  delimiter(run: Delimiter): void {
    if (run.canClose) this.#close(run)
    if (run.count === 0) return
    if (!run.canOpen) return this.text(run.char.repeat(run.count))
    this.tokens.push(run)
    this.#openers.push(run)
    if (this.#openers.length > MAX_OPENERS) this.#giveUp()
  }

  /** Keeps a token for later: emphasis within brackets counts only once it is known whether they hold a link. */
  hold(token: Token): void {
    this.tokens.push(token)
  }

  /** Takes off a bracket and all behind it, which comes back with its emphasis resolved. */
  cut(bracket: Bracket): Inline[] {
    return TokenList.of(this.tokens.splice(this.tokens.lastIndexOf(bracket)).slice(1)).end()
  }

  /** These brackets are text after all. */
  dissolve(brackets: readonly Bracket[]): void {
    for (const bracket of brackets) this.tokens[this.tokens.lastIndexOf(bracket)] = written(bracket)
  }

  /** Resolves what was held, up to the first bracket that is still open. */
  resume(bracket: Bracket | undefined): void {
    const rest = bracket ? this.tokens.splice(this.tokens.indexOf(bracket)) : []
    const opener = this.#openers.at(-1)
    const held = this.tokens.splice(opener ? this.tokens.lastIndexOf(opener) + 1 : 0)
    for (const token of held) this.#add(token)
    this.tokens.push(...rest)
  }

  /** Takes off what is final: everything before the first opener or bracket. */
  settle(): Inline[] {
    const first = this.tokens.findIndex((token) => token.kind === 'delimiter' || token.kind === 'bracket')
    return asText(this.tokens.splice(0, first < 0 ? this.tokens.length : first))
  }

  /** Takes off everything; what is still an opener was none. */
  end(): Inline[] {
    this.#openers.length = 0
    return asText(this.tokens.splice(0))
  }

  /** Openers before this place can't be reached any more. */
  forget(at: number): void {
    while ((this.#openers[0]?.at ?? at) < at) this.#giveUp()
  }

  /** The oldest opener is text. */
  #giveUp(): void {
    const oldest = this.#openers.shift()
    if (oldest) this.tokens[this.tokens.indexOf(oldest)] = written(oldest)
  }

  #add(token: Token): void {
    if (token.kind === 'delimiter') this.delimiter(token)
    else if (token.kind === 'text') this.text(token.text)
    else this.tokens.push(token)
  }

  #close(closer: Delimiter): void {
    for (let i = this.#openers.length - 1; i >= 0 && closer.count > 0; ) {
      const opener = this.#openers[i]
      if (!opener || !matches(opener, closer)) {
        i--
        continue
      }
      const count = closer.count >= 2 && opener.count >= 2 ? 2 : 1
      this.#openers.length = i + 1
      const children = asText(this.tokens.splice(this.tokens.lastIndexOf(opener) + 1))
      opener.count -= count
      closer.count -= count
      if (opener.count === 0) {
        this.tokens.pop()
        this.#openers.pop()
        i--
      }
      this.tokens.push({ kind: closer.char === '~' ? 'strike' : count === 2 ? 'strong' : 'emphasis', children })
    }
  }
}

function matches(opener: Delimiter, closer: Delimiter): boolean {
  if (opener.char !== closer.char || closer.at - opener.at > MAX_REACH) return false
  if (!opener.canClose && !closer.canOpen) return true
  return (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0)
}

/** The tokens with the openers and brackets that found no partner written out. */
function asText(tokens: readonly Token[]): Inline[] {
  return joinTexts(
    tokens.map((token) => (token.kind === 'delimiter' || token.kind === 'bracket' ? written(token) : token)),
  )
}

export function written(token: Delimiter | Bracket): Inline {
  if (token.kind === 'bracket') return { kind: 'text', text: token.image ? '![' : '[' }
  return { kind: 'text', text: token.char.repeat(token.count) }
}
