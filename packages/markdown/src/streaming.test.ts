import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMarkdownStream } from './index.ts'
import { emptyElement, outline, rendered, streamed, units } from './testing/page.ts'
import { constructs, finals, sample } from './testing/shared.ts'

/** What markdown is made of, in pieces that meet in every way. */
const WORDS =
  'a foo * ** _ __ ~~ ~ ` `` ``` # ## = === - --- *** [ ]( ](u) ![ ] [x] [^1] [^1]: " ( ) < > <b> <div> <!-- --> <http://a.b> ' +
  'http://a.b https://c.de/x www.x.y a@b.cd $ $$ \\( \\) \\[ \\] &amp; & &# é 中 😀 ! . : | :- \\ *a* **b** `c`'
const LINES = [
  '\n',
  '\n',
  '\n\n',
  '  \n',
  '\\\n',
  '\r\n',
  '\r',
  '| a | b |\n',
  '|---|---|\n',
  'a | b\n',
  '--|--\n',
  '[x]: /u\n',
]
const STARTS = [
  ' ',
  '  ',
  '    ',
  '\t',
  '- ',
  '1. ',
  '2) ',
  '+ ',
  '> ',
  '# ',
  '[ ] ',
  '[x]: /u "t',
  '](<u> "t")',
  '\u00a0',
]
const pieces = [...WORDS.split(' '), ...LINES, ...STARTS]
const markdown = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''))

describe('what is still being written', () => {
  test.each(constructs())('$id is shown as what it will be', ({ cut, want, forbid }) => {
    const element = streamed([cut], {}, true)
    if (want) expect(element.querySelector(want), element.innerHTML).not.toBeNull()
    if (forbid) expect(element.querySelector(forbid)).toBeNull()
  })

  test.each(constructs())('$id shows no syntax in any prefix', ({ full, leaks, forbid }) => {
    for (let length = 1; length <= full.length; length++) {
      const element = streamed(units(full.slice(0, length)), {}, true)
      for (const leak of leaks) expect(element.textContent, full.slice(0, length)).not.toContain(leak)
      if (forbid) expect(element.querySelector(forbid)).toBeNull()
    }
  })

  test.each([
    ['text goes on', 'It is', 'It is'],
    ['a word with an underscore', 'Use snake_ca', 'Use snake_ca'],
    ['a product', 'So 5 * 3', 'So 5 * 3'],
    ['an exclamation', 'Hello!', 'Hello!'],
    ['an address', 'Go to https://example.com/a**', 'Go to https://example.com/a'],
    ['a rule or a list', 'a\n\n- -', 'a'],
    ['a comment', 'a <!-- b', 'a '],
    ['an entity', 'AT&am', 'AT'],
    ['a reference', '[a][b', 'a'],
    ['a definition', 'x\n\n[a]: https://exa', 'x'],
    ['a task', '- [x', ''],
    ['a fence', 'a\n\n```pyth', 'a'],
    ['an interval', 'The interval [0, 1) is half-open and **goes', 'The interval [0, 1) is half-open and goes'],
    ['a link with parentheses', 'See [f(x) and', 'See f(x) and'],
    ['a bracket with much text behind it', `a [${'b '.repeat(60)}*c`, `a [${'b '.repeat(60)}c`],
    ['a link with much text', `a [${'b '.repeat(60)}c](https://a`, `a ${'b '.repeat(60)}c`],
    ['a bracket before an image', 'see [1) and ![the alt', 'see [1) and '],
  ])('%s', (_, text, shown) => expect(streamed(units(text), {}, true).textContent).toBe(shown))
})

describe('what is seen', () => {
  afterEach(() => vi.useRealTimers())

  test('changes at once with the first text, then so often at most, and is all there when done', () => {
    vi.useFakeTimers()
    const element = emptyElement()
    const stream = createMarkdownStream(element, { showEveryMs: 50 })
    stream.append('one')
    expect(element.textContent).toBe('one')
    stream.append(' two')
    stream.append(' three')
    expect(element.textContent).toBe('one')
    vi.advanceTimersByTime(50)
    expect(element.textContent).toBe('one two three')
    stream.append(' four')
    stream.done()
    expect(element.textContent).toBe('one two three four')
    stream.reset()
    stream.append('new')
    stream.append(' text')
    stream.reset()
    vi.advanceTimersByTime(50)
    expect(element.textContent).toBe('')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('what is finished', () => {
  test.each(finals())('$id reads right', ({ md, text, sel }) => {
    const element = rendered(md)
    expect(element.textContent).toContain(text)
    if (sel) expect(element.querySelector(sel)).not.toBeNull()
  })

  test.each(['2k', '8k', '32k', '100k'] as const)(
    'the answer of %s is the same written character by character',
    (size) => {
      const text = sample(size)
      expect(outline(streamed(units(text)))).toBe(outline(rendered(text)))
    },
  )

  // What stands before a cut is read once: the text is cut at every place, in pieces that are as long as the distance of
  // the cuts, so that the cost is linear.
  test.each([
    ['2k', 7],
    ['8k', 23],
    ['32k', 31],
    ['100k', 31],
  ] as const)('the answer of %s is the same, cut at every place', (size, distance) => {
    const text = sample(size)
    const once = outline(rendered(text))
    for (let first = 1; first <= distance; first++) {
      const cut = [text.slice(0, first)]
      for (let at = first; at < text.length; at += distance) cut.push(text.slice(at, at + distance))
      expect(outline(streamed(cut)), `cut at ${first} and each ${distance} behind it`).toBe(once)
    }
  })

  test('the answer of 2k is the same, cut in two at every place', () => {
    const text = sample('2k')
    const once = outline(rendered(text))
    for (let at = 1; at < text.length; at++) expect(outline(streamed([text.slice(0, at), text.slice(at)]))).toBe(once)
  })

  test('every prefix of an answer, complete, is what it gives at once', () => {
    const text = sample('2k')
    for (let length = 0; length <= text.length; length += 23) {
      const prefix = text.slice(0, length)
      expect(outline(streamed([prefix.slice(0, -3), prefix.slice(-3)]))).toBe(outline(rendered(prefix)))
    }
  })

  test('any text is the same however it is cut', () => {
    fc.assert(
      fc.property(
        markdown,
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 20 }),
        (text, sizes) => {
          const cut: string[] = []
          for (let at = 0, i = 0; at < text.length; i++) {
            const size = sizes[i % sizes.length] ?? 1
            cut.push(text.slice(at, at + size))
            at += size
          }
          const once = outline(rendered(text))
          expect(outline(streamed(cut))).toBe(once)
          expect(outline(streamed(units(text)))).toBe(once)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a single dollar is math only if asked for', () => {
    expect(rendered('So $E = mc^2$ for $5 or $10.').querySelectorAll('.math')).toHaveLength(0)
    const element = rendered('So $E = mc^2$ for $5 or $10.', { singleDollarMath: true })
    expect([...element.querySelectorAll('.math')].map((math) => math.textContent)).toEqual(['E = mc^2'])
  })
})
