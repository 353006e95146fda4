import { expect, test, vi } from 'vitest'
import { createMarkdownStream } from './index.ts'
import { emptyElement, outline, rendered, streamed, units } from './testing/page.ts'

/** Top-level blocks are contained, which is not what these tests look at. */
const html = (element: Element) => element.innerHTML.replace(/ style="contain: ?layout;?"/g, '')

test('links lead to allowed schemes only, whatever they are disguised as', () => {
  const allowed = ['http://a.b', 'https://a.b', 'mailto:a@b.c', 'tel:1', 'sms:1', 'chatkit-link://a', '/a', '#a', 'a']
  const refused = [
    'javascript:a',
    'JaVaScRiPt:a',
    'data:text/html,a',
    'vbscript:a',
    'file:///a',
    'blob:a',
    'ftp://a.b',
    'java&#9;script:a',
  ]
  for (const href of allowed) expect(rendered(`[x](<${href}>)`).querySelector('a')?.getAttribute('href')).toBe(href)
  for (const href of refused) expect(html(rendered(`[x](<${href}>)`))).toBe('<p>x</p>')
})

test('links open in a tab of their own, which learns nothing of this one', () => {
  const link = rendered('[x](https://a.b "t")').querySelector('a')
  expect([link?.target, link?.rel, link?.title]).toEqual(['_blank', 'noopener noreferrer', 't'])
})

test('the link policy refuses more', () => {
  const linkPolicy = (href: string) => !href.includes('evil')
  const element = rendered('[a](https://evil.com) <https://evil.com> https://evil.com [b](https://good.com)', {
    linkPolicy,
  })
  expect([...element.querySelectorAll('a')].map((link) => link.textContent)).toEqual(['b'])
})

test('the policies are asked about the address that is used', () => {
  const asked: string[] = []
  const policy = (address: string) => {
    asked.push(address)
    return new URL(address).hostname === 'good.com'
  }
  const at = '(https://good.com\\\\@evil.invalid/p)'
  const element = rendered(`![i]${at} [a]${at} [é](https://good.com/é)`, { imagePolicy: policy, linkPolicy: policy })
  const used = [...element.querySelectorAll('a, img')].map(
    (node) => node.getAttribute('href') ?? node.getAttribute('src'),
  )
  expect(asked).toEqual([
    'https://good.com%5C@evil.invalid/p',
    'https://good.com/%C3%A9',
    'https://good.com%5C@evil.invalid/p',
  ])
  expect(used).toEqual(['https://good.com/%C3%A9'])
})

test('a policy refuses what it gives no answer to, or fails at, and the text stays', () => {
  const none = (() => undefined) as unknown as () => boolean
  const fails = () => {
    throw new Error('no address of ours')
  }
  for (const policy of [none, fails]) {
    const element = rendered('a [b](https://a.b) https://c.d ![e](https://f.g/h) i', {
      linkPolicy: policy,
      imagePolicy: policy,
    })
    expect(element.textContent).toBe('a b https://c.d e i')
    expect(element.querySelectorAll('a, img')).toHaveLength(0)
  }
})

test('images wait for a click, unless they are in the text or allowed', () => {
  const remote = '![a cat](https://a.b/c.png)'
  expect(rendered(remote).querySelector('p > button.image-button')?.textContent).toBe('a cat')
  expect(rendered(remote).querySelector('img')).toBeNull()
  expect(rendered(remote, { imagePolicy: 'allow' }).querySelector('img')?.getAttribute('src')).toBe('https://a.b/c.png')
  const own = { imagePolicy: (url: string) => url.startsWith('https://a.b/') }
  expect(rendered(`${remote} ![x](https://c.d/e)`, own).querySelectorAll('img')).toHaveLength(1)
  expect(rendered('![x](data:image/png;base64,AA==)').querySelectorAll('img')).toHaveLength(1)
  expect(html(rendered('![x](data:image/svg+xml,<svg/>)', { imagePolicy: 'allow' }))).not.toContain('<img')
})

test('formulas show their source until they are drawn, and are drawn once', async () => {
  const math = vi.fn(async (tex: string, display: boolean) => {
    const drawn = emptyElement()
    drawn.textContent = `${display ? 'display' : 'inline'} ${tex.length}`
    return drawn
  })
  const element = streamed(units('a $$x^2$$ \\(y\\)\n\n$$\nz_1\n\nz_2\n$$\n\n\\[w\\]'), { math })
  await vi.waitFor(() => expect(element.querySelectorAll('.math code')).toHaveLength(0))
  expect(math.mock.calls).toEqual([
    ['x^2', false],
    ['y', false],
    ['z_1\nz_2', true],
    ['w', true],
  ])
  expect([...element.querySelectorAll('.math')].map((formula) => formula.textContent)).toEqual([
    'inline 3',
    'inline 1',
    'display 7',
    'display 1',
  ])
})

test('a formula that can not be drawn keeps its source', async () => {
  const math = vi.fn(() => Promise.reject(new Error('no such command')))
  const element = rendered('$$\\nope$$', { math })
  await vi.waitFor(() => expect(math).toHaveBeenCalled())
  expect(element.querySelector('.math code')?.textContent).toBe('\\nope')
})

test('math can be switched off', () => {
  expect(html(rendered('\\[a\\] $$b$$\n\n$$\nc\n$$', { math: false }))).toBe('<p>[a] $$b$$</p><p>$$\nc\n$$</p>')
})

test('a finished block of code can be drawn as something else, and its code stays to be copied', async () => {
  const drawCode = vi.fn(async (code: string, language: string) => {
    if (language !== 'mermaid') return undefined
    const drawn = emptyElement()
    drawn.className = 'diagram'
    drawn.textContent = `${code.length}`
    return drawn
  })
  const element = streamed(units('```mermaid\na --> b\n```\n\n```ts\nlet a\n```\n\n```\nplain\n```\n'), { drawCode })
  await vi.waitFor(() => expect(element.querySelector('.diagram')?.textContent).toBe('7'))
  expect(drawCode.mock.calls).toEqual([
    ['a --> b', 'mermaid'],
    ['let a', 'ts'],
  ])
  expect([...element.querySelectorAll('pre')].map((pre) => pre.hasAttribute('hidden'))).toEqual([true, false, false])
  expect(element.querySelector('code')?.textContent).toBe('a --> b\n')
})

test('code that can not be drawn is shown', async () => {
  const drawCode = vi.fn(() => Promise.reject(new Error('no diagram')))
  const element = rendered('```mermaid\na\n```', { drawCode })
  await vi.waitFor(() => expect(drawCode).toHaveBeenCalled())
  expect(element.querySelector('pre')?.hasAttribute('hidden')).toBe(false)
})

test('the copy button has the label that is given', () => {
  expect(rendered('```\na\n```', { copyLabel: 'Kopieren' }).querySelector('.code-copy')?.textContent).toBe('Kopieren')
})

test('rare character references are put in place when their table has come', async () => {
  const element = rendered('&HilbertSpace; [a](/&Dcaron; "&ngE;") &nope;\n\n[b]: /&DifferentialD;\n\n[b]')
  await vi.waitFor(() => expect(element.textContent).toContain('ℋ'))
  expect(element.querySelector('p')?.textContent).toBe('ℋ a &nope;')
  expect([...element.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(['/%C4%8E', '/%E2%85%86'])
})

test('a stream takes no text when it is done, and begins anew when it is reset', () => {
  const element = emptyElement()
  const stream = createMarkdownStream(element, { highlight: false })
  stream.append('# One')
  stream.done()
  stream.done()
  expect(() => stream.append('more')).toThrow('reset()')
  stream.reset()
  expect(element.childNodes).toHaveLength(0)
  stream.append('[a]\n\n[^1]')
  stream.done()
  expect(outline(element)).toBe(outline(rendered('[a]\n\n[^1]')))
})
