import { describe, expect, test } from 'vitest'
import { CodePainter } from '../dom/code-painter.ts'
import { emptyElement } from '../testing/page.ts'
import { sample } from '../testing/shared.ts'
import { highlighterFor } from './languages.ts'

/** The pieces of a kind in a code, read line by line. */
async function pieces(language: string, code: string): Promise<string[]> {
  const highlighter = await highlighterFor(language)
  if (!highlighter) throw new Error(`There is no grammar for ${language}.`)
  let state = ''
  const found: string[] = []
  for (const line of code.split('\n')) {
    const read = highlighter(line, state)
    state = read.state
    expect(read.tokens.map(({ text }) => text).join('')).toBe(line)
    found.push(...read.tokens.flatMap(({ kind, text }) => (kind ? [`${kind} ${text}`] : [])))
  }
  return found
}

describe('highlighting', () => {
  test.each([
    [
      'ts',
      `const a: string = \`x\${b + "c"}\` // d`,
      ['keyword const', 'type string', 'string `x', 'meta ${', 'string "c"', 'string `', 'comment // d'],
    ],
    ['js', 'x = /a[/]b/g.test(y) / 2', ['string /a[/]b/g', 'function test', 'number 2']],
    ['ts', '/* a\n b */ new Map()', ['comment /* a', 'comment  b */', 'keyword new', 'function Map']],
    [
      'python',
      'def f(x):\n    """a\n    b"""\n    return None  # c',
      ['keyword def', 'function f', 'string """a', 'string     b"""', 'keyword return', 'literal None', 'comment # c'],
    ],
    ['json', '{"a": [1, "b", null]}', ['property "a"', 'number 1', 'string "b"', 'literal null']],
    [
      'bash',
      `for f in *.log; do echo "\${f}" --all; done # x`,
      [
        'keyword for',
        'keyword in',
        'keyword do',
        'string "',
        `variable \${f}`,
        'string "',
        'attribute --all',
        'keyword done',
        'comment # x',
      ],
    ],
    [
      'html',
      '<a href="b"\n c>&amp;</a><!-- d',
      ['tag <a', 'attribute href', 'string "b"', 'attribute c', 'tag >', 'literal &amp;', 'tag </a>', 'comment <!-- d'],
    ],
    ['css', '.a { color: #fff; } /* b */', ['type .a', 'property color', 'number #fff', 'comment /* b */']],
    [
      'sql',
      "select max(a) from t where b = 'it''s' -- c",
      ['keyword select', 'function max', 'keyword from', 'keyword where', "string 'it''s'", 'comment -- c'],
    ],
    ['rust', "fn f<'a>(s: &str) -> u8 { 1 }", ['keyword fn', 'type str', 'type u8', 'number 1']],
  ])('of %s: %j', async (language, code, expected) => expect(await pieces(language, code)).toEqual(expected))

  test('knows languages by their usual names, and leaves others plain', async () => {
    for (const name of ['javascript', 'tsx', 'py', 'sh', 'xml', 'scss', 'postgresql', 'go'])
      expect(await highlighterFor(name)).toBeDefined()
    expect(await highlighterFor('brainfuck')).toBeUndefined()
  })

  test('takes time in proportion to a line, also a hostile one', async () => {
    for (const line of [
      '"'.repeat(5000),
      '/'.repeat(5000),
      '`${'.repeat(2000),
      '<a '.repeat(2000),
      '\\'.repeat(5000),
      'a('.repeat(3000),
    ]) {
      for (const name of ['ts', 'py', 'json', 'sh', 'html', 'css', 'sql', 'rust']) await pieces(name, line)
    }
  })

  test('leaves a line plain that nobody reads, and goes on behind it', async () => {
    const highlighter = await highlighterFor('css')
    if (!highlighter) throw new Error('There is no grammar for CSS.')
    const element = emptyElement()
    const long = '0x'.repeat(2500)
    new CodePainter(element, highlighter).append(`/* a\n${long}\nb */ 1\n`)
    expect([...element.children].map(({ textContent }) => textContent)).toEqual(['/* a', 'b */', '1'])
    expect(element.textContent).toContain(long)
  })

  test('paints what comes in pieces as what comes at once', async () => {
    const code = /```typescript\n([^]*?)```/.exec(sample('32k'))?.[1] ?? ''
    expect(code).toContain('yield')
    const highlighter = await highlighterFor('ts')
    const paint = (cut: string[]) => {
      const element = emptyElement()
      if (!highlighter) throw new Error('There is no grammar for TypeScript.')
      const painter = new CodePainter(element, highlighter)
      for (const piece of cut) painter.append(piece)
      painter.end()
      return element.innerHTML
    }
    expect(paint(code.split(''))).toBe(paint([code]))
  })
})
