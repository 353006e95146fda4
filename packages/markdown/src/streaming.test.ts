import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outline, rendered, streamed, units } from './testing/page.ts'
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
  ])('%s', (_, text, shown) => expect(streamed(units(text), {}, true).textContent).toBe(shown))
})

describe('what is finished', () => {
  test.each(finals())('$id reads right', ({ md, text, sel }) => {
    const element = rendered(md)
    expect(element.textContent).toContain(text)
    if (sel) expect(element.querySelector(sel)).not.toBeNull()
  })

  test.each(['2k', '8k', '32k'] as const)('the answer of %s is the same written character by character', (size) => {
    const text = sample(size)
    expect(outline(streamed(units(text)))).toBe(outline(rendered(text)))
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
