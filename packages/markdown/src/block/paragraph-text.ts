import { MAX_REACH, MORE } from '../inline/found.ts'
import { findDefinition, type LinkTarget } from '../inline/link-target.ts'
import { InlineParser } from '../inline/parser.ts'
import type { References } from '../references.ts'
import type { Align, Container, TextBlock } from './blocks.ts'
import type { Changes } from './changes.ts'
import { TableText } from './table-text.ts'

const TASK = /^\[([ xX])\][ \t]+(?=[^ \t])/
const TASK_START = /^\[(?:[ xX](?:\][ \t]*)?)?$/

/**
 * Writes a paragraph. Holds back what may be something else: definitions and a task's box at the start, and a line that
 * begins with a bar, which is shown as the head of a table until the next line decides.
 */
export class ParagraphText {
  readonly block: TextBlock
  readonly #references: References
  readonly #changes: Changes
  #state: 'definitions' | 'task' | 'text' = 'definitions'
  #maybeTask: boolean
  readonly #definitions: (LinkTarget & { label: string })[] = []
  /** What has not been read yet, while it may be no text. */
  #held = ''
  /** What the block's text was given. */
  #text = ''
  /** The last line, with the line end before it, while it is shown as the head of a table. */
  #head: { table: TableText; line: string } | undefined

  /** @param isTask whether a box at the start makes this a task: it is the first thing in a list's item. */
  constructor(parent: Container, references: References, changes: Changes, isTask: boolean) {
    this.block = {
      kind: 'text',
      parent,
      level: 0,
      text: new InlineParser(references),
      closed: false,
      before: undefined,
    }
    this.#references = references
    this.#changes = changes
    this.#maybeTask = isTask
  }

  /** More than definitions, so that a line of `=` makes it a heading. */
  get hasText(): boolean {
    if (this.#state !== 'definitions') return true
    let rest = this.#held
    for (;;) {
      const found = findDefinition(rest, true)
      if (!found || found === MORE) return rest !== ''
      rest = rest.slice(found.end)
    }
  }

  get lastLine(): string {
    const text = this.#head?.line ?? (this.#state === 'text' ? this.#text : this.#held)
    return text.slice(text.lastIndexOf('\n') + 1)
  }

  startLine(text: string): void {
    this.#dropHead()
    const isFirst = this.#text === '' && this.#held === ''
    const line = isFirst ? text : `\n${text}`
    if (!text.startsWith('|') || (this.#state !== 'text' && !isFirst)) {
      this.#write(line)
      return
    }
    this.#state = 'text'
    this.#head = { table: this.#newTable(), line }
    this.block.before = this.#head.table.table
    this.#head.table.feed(text)
  }

  feed(text: string): void {
    if (!this.#head) {
      this.#write(text)
      return
    }
    this.#head.line += text
    this.#head.table.feed(text)
  }

  end(): void {
    this.#dropHead()
    this.#release(true)
    this.#close()
  }

  /** Ends it before its last line, which is the head of a table. */
  endAsTable(aligns: Align[]): TableText {
    const head = this.#head?.table
    const line = this.lastLine
    this.#head = undefined
    if (!head) {
      this.#release(true)
      this.block.text.restart(this.#text.slice(0, Math.max(0, this.#text.length - line.length - 1)))
    }
    this.#close()
    const table = head ?? this.#newTable()
    if (!head) table.feed(line)
    table.confirm(aligns)
    return table
  }

  #close(): void {
    this.#define()
    this.#changes.close(this.block)
  }

  /** What asks for the definitions is read again once for all of them. */
  #define(): void {
    for (const { label, ...target } of this.#definitions.splice(0)) this.#references.define(label, target)
  }

  #newTable(): TableText {
    return new TableText(this.block.parent, this.#references, this.#changes)
  }

  #dropHead(): void {
    const head = this.#head
    if (!head) return
    this.#head = undefined
    this.block.before = undefined
    head.table.drop()
    this.#write(head.line)
  }

  #write(text: string): void {
    if (this.#state === 'text') {
      this.#text += text
      this.block.text.feed(text)
      this.#changes.add(this.block)
    } else {
      this.#held += text
      this.#release(false)
    }
  }

  /** Gives on what was held, as far as it is known to be text. */
  #release(complete: boolean): void {
    if (this.#state === 'definitions') this.#readDefinitions(complete)
    if (this.#state === 'task') this.#readTask(complete)
    if (this.#state !== 'text' || this.#held === '') return
    const text = this.#held
    this.#held = ''
    this.#write(text)
  }

  #readDefinitions(complete: boolean): void {
    while (this.#held !== '') {
      const text = this.#held.slice(0, MAX_REACH)
      const isLong = text.length < this.#held.length
      const found = findDefinition(text, complete || isLong)
      if (found === MORE) return
      // One that goes as far as is looked may go farther.
      if (!found || (isLong && found.end === text.length)) {
        this.#state = this.#maybeTask ? 'task' : 'text'
        this.#define()
        return
      }
      this.#definitions.push(found)
      this.#maybeTask = false
      this.#held = this.#held.slice(found.end)
    }
  }

  #readTask(complete: boolean): void {
    const task = TASK.exec(this.#held)
    if (!task && !complete && TASK_START.test(this.#held)) return
    this.#state = 'text'
    if (!task) return
    this.#held = ` ${this.#held.slice(task[0].length)}`
    this.block.text = new InlineParser(this.#references, [{ kind: 'checkbox', checked: task[1] !== ' ' }])
  }
}
