import { beforeEach, expect, test, vi } from 'vitest'
import { emptyElement, streamed } from './testing/page.ts'

/* What has been read already changes when a definition comes, or the names of rare characters have been loaded. */

const draw = () =>
  vi.fn((tex: string) => {
    const drawn = emptyElement()
    drawn.textContent = `drawn ${tex}`
    return drawn
  })

test('a drawn formula stays when a definition turns text beside it into a link', async () => {
  const element = emptyElement()
  const { createMarkdownStream } = await import('./index.ts')
  const math = draw()
  const stream = createMarkdownStream(element, { math, showEveryMs: 0 })
  stream.append('So $$x^2$$, *as \\(y\\) in [foo]*, see [foo] and $$x^2$$.\n\n')
  await vi.waitFor(() => expect(element.querySelectorAll('.math code')).toHaveLength(0))
  const formulas = [...element.querySelectorAll('.math > div')]
  expect(formulas).toHaveLength(3)
  stream.append('[foo]: https://a.b\n\n')
  stream.done()
  expect(element.querySelectorAll('a')).toHaveLength(2)
  expect([...element.querySelectorAll('.math > div')]).toEqual(formulas)
  expect(math).toHaveBeenCalledTimes(3)
})

const click = (button: Element | null | undefined) =>
  button?.dispatchEvent(new (button.ownerDocument.defaultView as unknown as typeof globalThis).Event('click'))

test('a button loads its own image, whatever became of the text around it', () => {
  const element = streamed(['![b](b.png) ![p][r1] x ![c](c.png) [q]\n\n', '[r1]: p.png\n[q]: q\n'])
  const buttons = [...element.querySelectorAll('.image-button')]
  expect(buttons.map(({ textContent }) => textContent)).toEqual(['b', 'p', 'c'])
  for (const button of buttons) click(button)
  expect([...element.querySelectorAll('img')].map((image) => image.getAttribute('src'))).toEqual([
    'b.png',
    'p.png',
    'c.png',
  ])
})

test('an image that was loaded stays when a definition changes the text before it', async () => {
  const { createMarkdownStream } = await import('./index.ts')
  const element = emptyElement()
  const stream = createMarkdownStream(element, { showEveryMs: 0 })
  stream.append('[q] ![p][r] *x [q]* ![c](c.png) [q]\n\n')
  click(element.querySelector('.image-button'))
  const image = element.querySelector('img')
  expect(image?.getAttribute('src')).toBe('c.png')
  stream.append('[r]: p.png\n\n')
  stream.append('[q]: https://a.b\n\n')
  stream.done()
  expect(element.querySelectorAll('a')).toHaveLength(3)
  expect(element.querySelectorAll('img')).toHaveLength(1)
  expect(element.querySelector('img')).toBe(image)
})

beforeEach(() => vi.resetModules())

/** The package as a page has it first, before any rare name was met. */
async function fresh(): Promise<typeof import('./index.ts') & typeof import('./inline/entities.ts')> {
  return { ...(await import('./index.ts')), ...(await import('./inline/entities.ts')) }
}

test('a text that was reset does not come back when the names it waited for are there', async () => {
  const { createMarkdownStream, loadEntities } = await fresh()
  const element = emptyElement()
  const stream = createMarkdownStream(element, { showEveryMs: 50 })
  stream.append('Old')
  stream.append(' text\n\nwith &hearts;\n\n')
  stream.reset()
  await loadEntities()
  await Promise.resolve()
  expect(element.textContent).toBe('')
  stream.append('New &hearts;')
  stream.done()
  expect(element.textContent).toBe('New ♥')
})

test('footnotes keep their numbers when the names of rare characters come', async () => {
  const { renderMarkdown } = await fresh()
  const element = emptyElement()
  renderMarkdown(element, 'a[^n] b[^1] [c[^2]](u&hearts;) &hearts;\n\n[^1]: one\n\n[^2]: two')
  await vi.waitFor(() => expect(element.textContent).toContain('♥'))
  expect([...element.querySelectorAll('sup')].map(({ textContent }) => textContent)).toEqual(['1', '2'])
})
