import { describe, expect, test } from 'vitest'
import { CodePainter } from './dom/code-painter.ts'
import { highlighterFor } from './highlight/languages.ts'
import { emptyElement, rendered, streamed } from './testing/page.ts'

/*
 * Texts that a hostile model might write: what opens and never ends, longer than a construct may be. Read in pieces they
 * were, at one time or another, read again from the start with each piece; a test that takes minutes has failed, too.
 */

const LENGTH = 20_000
const PIECE = 16

const repeated = (unit: string) => (length: number) => unit.repeat(length / unit.length)
const after = (start: string, unit: string) => (length: number) => start + repeated(unit)(length)

/** Runs of backticks, each shorter than the one before. */
function fallingRuns(length: number): string {
  const longest = Math.floor(Math.sqrt(2 * length))
  return Array.from({ length: longest }, (_, i) => '`'.repeat(longest - i)).join(' ')
}

const TEXTS: [name: string, text: (length: number) => string][] = [
  ['formulas without end', repeated('\\( a')],
  ['a definition with a title without end', after('[a]: b "', 'some words\n')],
  ['brackets and emphasis without end', repeated('[*a _b ')],
  ['a tag without end', after('<a', ' b')],
  ['a tag without end in a text', after('x <a', ' b')],
  ['an address in angle brackets without end', after('x<', 'a')],
  ['a declaration without end', after('x<![', 'A')],
  ['processing instructions without end', repeated('x<?a ')],
  ['a mail address without end', after('a@', 'b')],
  ['a link to an address without end', after('[a](<', 'b ')],
  ['a link with a title without end', after('[a](b "', 'c ')],
  ['runs of backticks that get shorter', fallingRuns],
  ['beginnings of addresses', repeated('http://')],
  ['colons', repeated(':')],
  ['ampersands', repeated('&')],
  ['openers', repeated('*a ')],
  ['blanks at the ends of lines', repeated('a \n')],
]

function pieces(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, i) => text.slice(i * PIECE, (i + 1) * PIECE))
}

describe('what never ends is shown in pieces as it is at once', () => {
  test.each(TEXTS)('%s', (_, text) => {
    const whole = text(LENGTH)
    expect(streamed(pieces(whole)).innerHTML).toBe(rendered(whole).innerHTML)
  })

  test('a run of blanks', () => {
    const blanks = ' '.repeat(LENGTH)
    const whole = `x${blanks}y\n\n# x${blanks}y`
    expect(streamed(pieces(whole)).innerHTML).toBe(rendered(whole).innerHTML)
  })

  test.each([
    ['css', '0x'],
    ['ts', '=/['],
    ['bash', ' '],
  ])('a line of %s, %j', async (language, unit) => {
    const highlighter = await highlighterFor(language)
    if (!highlighter) throw new Error(`There is no grammar for ${language}.`)
    const line = `=${unit.repeat(LENGTH / unit.length)}x\n`
    const element = emptyElement()
    new CodePainter(element, highlighter).append(line)
    expect(element.textContent).toBe(line)
  })
})
