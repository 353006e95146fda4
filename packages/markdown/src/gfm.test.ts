import { describe, expect, test } from 'vitest'
import { outline, rendered, streamed, units } from './testing/page.ts'
import { comparable, comparableHtml } from './testing/spec-html.ts'

const TABLES: [name: string, markdown: string, html: string][] = [
  [
    'a head and rows',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
  ],
  [
    'columns that are aligned',
    '| l | c | r |\n|:--|:-:|--:|\n| 1 | 2 | 3 |',
    '<table><thead><tr><th align="left">l</th><th align="center">c</th><th align="right">r</th></tr></thead>' +
      '<tbody><tr><td align="left">1</td><td align="center">2</td><td align="right">3</td></tr></tbody></table>',
  ],
  [
    'a head of which there is one cell',
    'a\n| - |\n    b',
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
  ],
  ['a head without text', '|\n|-|', '<table><thead><tr><th></th></tr></thead></table>'],
  ['a line that begins like a list is one', 'a | b\n- | -\n1 | 2', '<p>a | b</p><ul><li>| -\n1 | 2</li></ul>'],
  [
    'a head without bars at its ends',
    'a | b\n--|--\n1 | 2',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
  ],
  [
    'bars in cells',
    '| a |\n|---|\n| `x \\| y` |\n| **\\|** |',
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><code>x | y</code></td></tr><tr><td><strong>|</strong></td></tr></tbody></table>',
  ],
  [
    'rows that are too short or too long',
    '| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n|| 2 |',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td></td></tr>' +
      '<tr><td>1</td><td>2</td></tr><tr><td></td><td>2</td></tr></tbody></table>',
  ],
  ['columns that do not fit the head', '| a | b |\n|---|\n| 1 |', '<p>| a | b |\n|---|\n| 1 |</p>'],
  [
    'a paragraph before and a quote behind',
    'Text:\n| a |\n|---|\n| 1 |\n> end',
    '<p>Text:</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><blockquote><p>end</p></blockquote>',
  ],
  [
    'rows in a list, ended by a blank line',
    '- | a |\n  |---|\n  | 1 |\n  2\n\n  text',
    '<ul><li><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table><p>text</p></li></ul>',
  ],
]

const TASKS: typeof TABLES = [
  [
    'open and done',
    '- [ ] a\n- [x] b\n- [X] c',
    '<ul><li><input disabled type="checkbox"> a</li><li><input checked disabled type="checkbox"> b</li>' +
      '<li><input checked disabled type="checkbox"> c</li></ul>',
  ],
  [
    'only at the start of an item',
    'see [ ] a\n\n[x] b\n\n- a [x] b',
    '<p>see [ ] a</p><p>[x] b</p><ul><li>a [x] b</li></ul>',
  ],
  ['numbered', '1. [x] **b**', '<ol><li><input checked disabled type="checkbox"> <strong>b</strong></li></ol>'],
]

const STRIKES: typeof TABLES = [
  ['two tildes', 'a ~~b *c*~~ d', '<p>a <del>b <em>c</em></del> d</p>'],
  ['not one, nor three', '~a~ ~~~b~~~ ~~ c ~~', '<p>~a~ ~~~b~~~ ~~ c ~~</p>'],
  [
    'within emphasis, before a letter',
    '**~~旧价~~**新价 *~~d~~*o',
    '<p><strong><del>旧价</del></strong>新价 <em><del>d</del></em>o</p>',
  ],
  ['across a line, not across paragraphs', '~~a\nb~~\n\n~~a\n\nb~~', '<p><del>a\nb</del></p><p>~~a</p><p>b~~</p>'],
]

const link = (href: string, text = href) => `<a href="${href}">${text}</a>`
const BARE: typeof TABLES = [
  ['addresses', 'http://a.b https://c.d/e?f=g#h', `<p>${link('http://a.b')} ${link('https://c.d/e?f=g#h')}</p>`],
  [
    'www',
    'www.a.b (www.a.b/c) xwww.a.b',
    `<p>${link('http://www.a.b', 'www.a.b')} (${link('http://www.a.b/c', 'www.a.b/c')}) xwww.a.b</p>`,
  ],
  ['mail', 'a.b-c_d+e@f.gh, a@b, a@b-.', `<p>${link('mailto:a.b-c_d+e@f.gh', 'a.b-c_d+e@f.gh')}, a@b, a@b-.</p>`],
  [
    'ends of sentences',
    '(see https://a.b/c). https://a.b/c(d)?!',
    `<p>(see ${link('https://a.b/c')}). ${link('https://a.b/c(d)')}?!</p>`,
  ],
  [
    'within emphasis',
    '**https://a.b** *x https://a.b/c*',
    `<p><strong>${link('https://a.b')}</strong> <em>x ${link('https://a.b/c')}</em></p>`,
  ],
  [
    'no link in a link',
    '[https://a.b](https://c.d) [x https://a.b y](z)',
    `<p>${link('https://c.d', 'https://a.b')} ${link('z', 'x https://a.b y')}</p>`,
  ],
  ['East Asian text around it', '请看https://a.b/c。再见', `<p>请看${link('https://a.b/c')}。再见</p>`],
  [
    'Arabic punctuation at the end',
    'https://a.b/c، https://a.b؟',
    `<p>${link('https://a.b/c')}، ${link('https://a.b')}؟</p>`,
  ],
  ['references at the end', 'https://a.b/?c=d&hl;', `<p>${link('https://a.b/?c=d')}&amp;hl;</p>`],
]

const GROUPS = [
  ['tables', TABLES],
  ['tasks', TASKS],
  ['strikethrough', STRIKES],
  ['bare links', BARE],
] as const

describe.each(GROUPS)('GFM %s', (_, examples) => {
  test.each(examples)('%s', (_name, markdown, html) => {
    expect(comparable(rendered(markdown))).toBe(comparableHtml(html))
    expect(outline(streamed(units(markdown)))).toBe(outline(rendered(markdown)))
  })
})

describe('brackets that are no link', () => {
  test.each([
    ['[ *a* b', '<p>[ <em>a</em> b</p>'],
    ['![*a* [**b**', '<p>![<em>a</em> [<strong>b</strong></p>'],
    ['*a [b* c](d', '<p><em>a [b</em> c](d</p>'],
    ['[a **b](c)** d', '<p><a href="c">a **b</a>** d</p>'],
    ['[a *b [c](d) e* f](g)', '<p>[a <em>b <a href="d">c</a> e</em> f](g)</p>'],
  ])('%j leave emphasis as it is', (markdown, html) => {
    expect(comparable(rendered(markdown))).toBe(comparableHtml(html))
    expect(outline(streamed(units(markdown)))).toBe(outline(rendered(markdown)))
  })
})

describe('footnotes', () => {
  const notes = (element: Element) => [...element.querySelectorAll('.footnotes li')].map((item) => item.textContent)
  const numbers = (element: Element) => [...element.querySelectorAll('sup')].map((reference) => reference.textContent)

  test('stand at the end, in the order of their first references', () => {
    const element = rendered('[^b] and [^a], [^b] again\n\n[^a]: First.\n\n[^b]: Second.\n\nThe end.')
    expect(numbers(element)).toEqual(['1', '2', '1'])
    expect(notes(element)).toEqual(['Second.', 'First.'])
    expect(element.lastElementChild?.className).toBe('footnotes')
  })

  test('hold blocks', () => {
    const element = rendered('x[^1]\n\n[^1]: One.\n\n    > Two.\n\n    - Three.\n\nNot part of it.')
    expect(element.querySelectorAll('.footnotes :is(blockquote, ul)')).toHaveLength(2)
    expect(notes(element)[0]).not.toContain('Not part')
  })

  test('are text when nothing defines them, and do not count', () => {
    const element = rendered('x[^none] y[^1]\n\n[^1]: The note.')
    expect(element.querySelector('p')?.textContent).toBe('x[^none] y1')
    expect(numbers(element)).toEqual(['1'])
  })

  test('have the numbers of those that are defined, whatever was referred to before', () => {
    const text = '[^1]: note\n\nSee this[^9] and that[^1]'
    expect(numbers(streamed(units(text)))).toEqual(['1'])
    expect(numbers(rendered(text))).toEqual(['1'])
  })

  test('are not shown when nothing refers to them', () => {
    expect(rendered('x\n\n[^1]: The note.').querySelector('.footnotes')).toBeNull()
  })

  test('are numbers while their notes are still to come', () => {
    expect(streamed(['x[^b] y[^a] z'], {}, true).querySelector('p')?.textContent).toBe('x1 y2 z')
  })

  test.each([
    'x[^none] y[^1]\n\n[^1]: a [^2]\n\n[^2]: b\n[^1]: c',
    '[^1]![^1] [^1](u) [^x](u)\n\n[^1]: n',
    '- [^1]: a\n\n  b [^1]',
  ])('of %j are the same however the text is cut', (text) =>
    expect(outline(streamed(units(text)))).toBe(outline(rendered(text))),
  )
})
