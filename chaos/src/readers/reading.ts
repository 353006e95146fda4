/** What a reader of a run has seen, whatever its kind: the evidence by which a fault is judged. */
import type { RunOutcome } from '@millrace/server'
import type { Language } from '../script.ts'

/** `gone`: the server told the reader that it no longer has the run. `ended`: this view does not say how. */
export type SeenEnd = RunOutcome | 'gone' | 'ended'

export interface Reading {
  /** Kind and way, for a person. */
  readonly name: string
  /** Numbers of the tokens in the order in which they were shown; NaN for what was no token. */
  readonly tokens: readonly number[]
  readonly end: SeenEnd | undefined
  /** As `performance.now()` has it. */
  readonly endedAt: number | undefined
  /** Promises of the server that it saw broken. */
  readonly complaints: string[]
}

export interface Reader {
  readonly reading: Reading
  /** Resolves once it has seen the end, or gave up; never rejects. */
  readonly over: Promise<void>
}

/** A reading that grows. */
export class Notes implements Reading {
  readonly name: string
  readonly complaints: string[] = []
  end: SeenEnd | undefined
  endedAt: number | undefined
  readonly #language: Language
  #text = ''
  #numbers: { text: string; numbers: number[] } = { text: '', numbers: [] }

  constructor(name: string, language: Language) {
    this.name = name
    this.#language = language
  }

  get tokens(): readonly number[] {
    if (this.#numbers.text !== this.#text) {
      this.#numbers = { text: this.#text, numbers: this.#language.numbersIn(this.#text) }
    }
    return this.#numbers.numbers
  }

  /** So much more text was shown. */
  add(text: string): void {
    this.#text += text
  }

  /** This is what is shown now, by a view that shows all there is: it must only ever grow. */
  show(text: string): void {
    if (!text.startsWith(this.#text)) this.complain('text that was shown is gone, or another')
    this.#text = text
  }

  ended(end: SeenEnd): void {
    this.end ??= end
    this.endedAt ??= performance.now()
  }

  /** Once, however often it happens. */
  complain(what: string): void {
    const complaint = `${this.name}: ${what}`
    if (!this.complaints.includes(complaint)) this.complaints.push(complaint)
  }
}
