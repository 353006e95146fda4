/*
 * Inline text as it grows. The parser reads each character once, waits where the next one decides, and hands out what
 * is final; `mend.ts` makes the rest presentable.
 */
import { MAX_LOOKBACK } from './bare-links.ts'
import { asText, type ConstructRules, readConstruct, type Step, shownAsText } from './constructs.ts'
import { characterAt, characterBefore, delimiterRun } from './delimiters.ts'
import { unescapeText } from './entities.ts'
import { MAX_REACH, MORE, matchAt } from './found.ts'
import { findInlineTarget, findLabel, isLabel, type LinkTarget, normalizeLabel } from './link-target.ts'
import { mend, type Waiting } from './mend.ts'
import { type Bracket, type Inline, joinTexts, plainText, withoutLinks } from './nodes.ts'
import { TokenList } from './token-list.ts'

/** What the parser asks the document. */
export interface InlineContext extends ConstructRules {
  definition(label: string): LinkTarget | undefined
  /** Whether `[^label]` refers to a footnote: true if there is one, false if it may still come. */
  note(label: string): boolean | undefined
}

/** Text without any character that can begin something. */
const PLAIN = /[^\\`*_~![\]<&$\n:.@]+/y
const RUN = /\*+|_+|~+/y
const NOTE = /\[\^([^\s[\]]+)\]/y
const NOTE_START = /\[\^[^\s[\]]*$/y
/** What has been read is cut off the source when it is longer than this. */
const MAX_READ = 1024
/** Open brackets, at most; an older one becomes text. */
const MAX_BRACKETS = 64
/** Longer texts of links begin with a bracket until they are complete. */
const MAX_LINK_TEXT = 100

export class InlineParser {
  readonly #context: InlineContext
  readonly #before: readonly Inline[]
  /** All text so far: read again when a definition comes later. */
  #parts: string[] = []
  /** The text from a little before `#at` on. */
  #source = ''
  #at = 0
  /** How much was cut off the source. */
  #cut = 0
  #list = new TokenList()
  #brackets: Bracket[] = []
  #waiting: Waiting = {}
  #settled: Inline[]
  /** What was looked up in vain: labels, those of footnotes with `^` in front, and character references with `&`. */
  readonly missing = new Set<string>()
  /** How often the text was begun: what was taken before counts no more when this has grown. */
  readings = 1

  /** @param before stands before the text: a task's checkbox. */
  constructor(context: InlineContext, before: readonly Inline[] = []) {
    this.#context = context
    this.#before = before
    this.#settled = [...before]
  }

  feed(text: string): void {
    this.#parts.push(text)
    this.#source += text
    this.#read(false)
  }

  /** No more text: what was left open becomes what it is without an end. */
  end(): void {
    this.#read(true)
    this.#giveUp(this.#brackets.length)
    this.#settled.push(...this.#list.end())
    this.#source = ''
    this.#at = 0
  }

  /** Reads everything again, with the definitions known now. */
  again(): void {
    this.restart(this.#parts.join(''))
    this.end()
  }

  /** Begins again with this text. */
  restart(text: string): void {
    this.#parts = []
    this.#source = ''
    this.#at = 0
    this.#cut = 0
    this.#list = new TokenList()
    this.#brackets = []
    this.#waiting = {}
    this.#settled = [...this.#before]
    this.missing.clear()
    this.readings++
    this.feed(text)
  }

  /** What became final since the last call, and how the rest is best shown until it is. */
  take(): { settled: Inline[]; open: Inline[] } {
    this.#settle()
    for (const bracket of this.#brackets) bracket.isShown ||= !isLinkLike(this.#source.slice(bracket.start, this.#at))
    const rest = this.#source.slice(this.#at)
    const open = mend(this.#list.tokens, rest === '' ? {} : this.#waiting, rest)
    return { settled: joinTexts(this.#settled.splice(0)), open }
  }

  /** Takes out what is final, so that what is searched, put together and kept stays short. */
  #settle(): void {
    this.#giveUp(this.#brackets.filter(({ start }) => this.#at - start > MAX_REACH).length)
    this.#list.forget(this.#cut + this.#at - MAX_REACH)
    this.#settled.push(...this.#list.settle())
    const last = this.#settled.at(-1)
    // The end of an open text may belong to an address, so it stays until more of it is known.
    if (last?.kind === 'text' && this.#source !== '' && this.#list.tokens.length === 0) {
      const kept = /[^]?[\w.+-]*$/.exec(last.text.slice(-MAX_LOOKBACK))?.[0] ?? ''
      this.#settled[this.#settled.length - 1] = { kind: 'text', text: last.text.slice(0, -kept.length) }
      this.#list.text(kept)
    }
    if (this.#brackets.length === 0 && this.#at > MAX_READ) {
      // A character may take two places, and what comes before it decides what a delimiter does.
      this.#cut += this.#at - 2
      this.#source = this.#source.slice(this.#at - 2)
      this.#at = 2
    }
  }

  #read(complete: boolean): void {
    this.#waiting = {}
    while (this.#at < this.#source.length) {
      if (this.#at > MAX_READ) this.#settle()
      const plain = matchAt(PLAIN, this.#source, this.#at)?.[0]
      if (plain === undefined) {
        // What is farther away than a construct reaches is as far away as the end.
        const source = this.#source.slice(0, this.#at + MAX_REACH)
        const step = this.#special(source, this.#at, complete || source.length < this.#source.length)
        if ('end' in step) this.#take(step)
        else {
          this.#waiting = step
          return
        }
        continue
      }
      const atEnd = this.#at + plain.length >= this.#source.length
      // Blanks at the end may be the end of a line, and are not seen until something follows.
      const text = atEnd ? plain.replace(/(?<![ \t])[ \t]+$/, '') : plain
      this.#list.text(text)
      this.#at += text.length
      if (text.length < plain.length) {
        if (complete) this.#at = this.#source.length
        return
      }
    }
  }

  #take({ node, end, before = 0 }: Step): void {
    if (before > 0) this.#list.untext(before)
    if (node.kind === 'text') this.#list.text(node.text)
    else this.#list.hold(node)
    this.#at = end
  }

  /** Reads what a special character begins, or says what to wait for. */
  #special(source: string, at: number, complete: boolean): Step | Waiting {
    const next = source.charAt(at + 1)
    switch (source[at]) {
      case '\n':
        return lineEnd(source, at)
      case '*':
      case '_':
      case '~':
        return this.#delimiter(source, at, complete)
      case '!':
        if (next === '') return complete ? asText('!', at) : { show: shownAsText }
        if (next !== '[') return asText('!', at)
        if (at + 2 >= source.length && !complete) return {}
        // An exclamation may stand before a footnote's mark.
        return source[at + 2] === '^' ? asText('!', at) : this.#openBracket(at, true)
      case '[':
        return next === '' && !complete ? {} : this.#note(source, at, complete)
      case ']':
        return this.#closeBracket(source, at, complete)
      default: {
        const last = this.#list.tokens.at(-1)
        const earlier = last?.kind === 'text' ? last.text.slice(-MAX_LOOKBACK) : ''
        const inBrackets = this.#activeBracket() !== undefined
        return readConstruct(source, at, complete, this.#context, earlier, inBrackets, this.missing)
      }
    }
  }

  #delimiter(source: string, at: number, complete: boolean): Step | Waiting {
    const run = matchAt(RUN, source, at)?.[0] ?? ''
    const end = at + run.length
    if (end >= source.length && !complete) return {}
    if (run[0] === '~' && run.length !== 2) return asText(run, at)
    const delimiter = delimiterRun(run, this.#cut + at, characterBefore(source, at), characterAt(source, end))
    if (this.#activeBracket()) this.#list.hold(delimiter)
    else this.#list.delimiter(delimiter)
    return asText('', end)
  }

  #activeBracket(): Bracket | undefined {
    return this.#brackets.findLast((bracket) => bracket.active)
  }

  #openBracket(at: number, image: boolean): Step {
    const bracket: Bracket = { kind: 'bracket', image, active: true, start: at + (image ? 2 : 1), isShown: false }
    this.#brackets.push(bracket)
    this.#list.hold(bracket)
    if (this.#brackets.length > MAX_BRACKETS) this.#giveUp(1)
    return asText('', bracket.start)
  }

  #note(source: string, at: number, complete: boolean): Step | Waiting {
    const note = matchAt(NOTE, source, at)
    if (!note?.[1]) return !complete && matchAt(NOTE_START, source, at) ? {} : this.#openBracket(at, false)
    const end = at + note[0].length
    if (end >= source.length && !complete) return {}
    const label = normalizeLabel(note[1])
    const known = this.#context.note(label)
    if (!known) this.missing.add(`^${label}`)
    if (!known && (known === undefined || /[([]/.test(source.charAt(end)))) return this.#openBracket(at, false)
    return { node: { kind: 'note', label }, end }
  }

  #closeBracket(source: string, at: number, complete: boolean): Step | Waiting {
    const bracket = this.#brackets.at(-1)
    const next = source.charAt(at + 1)
    if (bracket?.active && at - bracket.start <= MAX_REACH) {
      if (next === '' && !complete) return {}
      if (next === '(') {
        const target = findInlineTarget(source, at + 1, complete)
        if (target === MORE) return { link: true }
        if (target) return this.#closeLink(bracket, target, target.end)
      }
      const label = findLabel(source, at + 1, complete)
      if (label === MORE) return {}
      const own = source.slice(bracket.start, at)
      const isFull = label !== undefined && /[^ \t\n]/.test(label.label)
      if (isFull || isLabel(own)) {
        const name = normalizeLabel(isFull ? label.label : own)
        const target = this.#context.definition(name)
        if (target) return this.#closeLink(bracket, target, isFull || label?.label === '' ? label.end : at + 1)
        this.missing.add(name)
      }
    }
    this.#brackets.pop()
    if (bracket?.active) this.#dissolve([bracket])
    return asText(']', at)
  }

  #closeLink(bracket: Bracket, target: LinkTarget, end: number): Step {
    this.#brackets.pop()
    const href = unescapeText(target.href, this.missing)
    const title = unescapeText(target.title, this.missing)
    const children = this.#list.cut(bracket)
    if (bracket.image) return { node: { kind: 'image', src: href, title, alt: plainText(children) }, end }
    const texts = withoutLinks(children)
    const nodes: Inline[] = this.#context.allowsLink(href) ? [{ kind: 'link', href, title, children: texts }] : texts
    for (const node of nodes) this.#list.hold(node)
    const around = this.#brackets.filter(({ image, active }) => active && !image)
    for (const earlier of around) earlier.active = false
    this.#dissolve(around)
    return asText('', end)
  }

  /** So many of the oldest brackets can't become links any more. */
  #giveUp(count: number): void {
    if (count > 0) this.#dissolve(this.#brackets.splice(0, count).filter(({ active }) => active))
  }

  /** Before the first bracket that is still open, the emphasis behind the former ones counts. */
  #dissolve(brackets: readonly Bracket[]): void {
    this.#list.dissolve(brackets)
    this.#list.resume(this.#brackets.find(({ active }) => active))
  }
}

/** Whether a link may well hold this: it is short, and closes no parenthesis from before, as `[0, 1)` does. */
function isLinkLike(text: string): boolean {
  return text.length <= MAX_LINK_TEXT && !/^[^()]*(?:\([^()]*\)[^()]*)*\)/.test(text)
}

/** Blanks before the end of a line go; two of them make it hard (CommonMark §6.7). */
function lineEnd(source: string, at: number): Step {
  let start = at
  while (source[start - 1] === ' ') start--
  const before = at - start
  return { node: before > 1 ? { kind: 'break' } : { kind: 'text', text: '\n' }, end: at + 1, before }
}
