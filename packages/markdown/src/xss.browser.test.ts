import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Markdown from './index.ts'
import { type BrowserPage, openPage } from './testing/browser.ts'
import { vectors } from './testing/shared.ts'

declare global {
  var markdown: typeof Markdown
  var __xss: unknown
}

let browser: BrowserPage

beforeAll(async () => {
  browser = await openPage()
})

afterAll(() => browser.close())

/** Shows each text cut in these ways, looks at every state, and tells what should not be there. Runs in the page. */
function attack(vectors: { id: string; markdown: string }[]): string[] {
  const TAGS =
    /^(?:main|p|h[1-6]|ul|ol|li|blockquote|pre|code|hr|br|em|strong|del|a|img|button|input|table|thead|tbody|tr|th|td|div|span|sup|section)$/
  const ATTRIBUTES =
    /^(?:class|type|href|target|rel|title|align|start|alt|src|referrerpolicy|decoding|disabled|checked|tabindex)$/
  const found: string[] = []
  let current = ''
  Object.defineProperty(globalThis, '__xss', {
    configurable: true,
    set: (value) => found.push(`${current} ran ${value}`),
  })
  // Images within the text are allowed by us and refused by this policy.
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    if (violatedDirective !== 'img-src' || blockedURI !== 'data') found.push(`${current} violates ${violatedDirective}`)
  })
  const root = document.querySelector('main') as HTMLElement
  const inspect = () => {
    for (const element of root.querySelectorAll('*')) {
      if (!TAGS.test(element.localName) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml')
        found.push(`${current} left <${element.localName}>`)
      for (const { name, value } of element.attributes) {
        const isSafe =
          name !== 'href' || /^(?:https?:|mailto:|tel:|sms:|chatkit-link:)/.test(new URL(value, 'https://a.b').href)
        const isImage = name !== 'src' || /^data:image\/(?:png|jpeg|gif|webp)/.test(value)
        const isContainment = name === 'style' && value === 'contain: layout;' && element.parentElement === root
        if (!(ATTRIBUTES.test(name) || isContainment) || !isSafe || !isImage)
          found.push(`${current} left ${name}=${value}`)
      }
    }
  }
  const stream = globalThis.markdown.createMarkdownStream(root, { showEveryMs: 0 })
  for (const { id, markdown } of vectors) {
    current = id
    for (const size of [markdown.length, 1, 3, 7]) {
      stream.reset()
      for (let at = 0; at < markdown.length; at += size) {
        stream.append(markdown.slice(at, at + size))
        inspect()
      }
      stream.done()
      inspect()
    }
    for (let length = 1; length < markdown.length; length++) {
      // A text that is cut anywhere.
      stream.reset()
      stream.append(markdown.slice(0, length))
      inspect()
      stream.append(markdown.slice(length))
      inspect()
      stream.done()
      inspect()
      // A text that ends anywhere.
      globalThis.markdown.renderMarkdown(root, markdown.slice(0, length))
      inspect()
    }
  }
  return found
}

function showsRareReference(): boolean {
  const root = document.querySelector('main') as HTMLElement
  globalThis.markdown.renderMarkdown(root, '&colon;')
  return root.textContent === ':'
}

describe('hostile markdown', () => {
  test('runs nothing, leaves nothing and asks for nothing, whole, cut anywhere and at any prefix', async () => {
    const texts = vectors()
    expect(texts).toHaveLength(124)
    expect(await browser.page.evaluate(attack, texts)).toEqual([])
    // The first time has fetched the rare character references, which disguise some addresses.
    await expect.poll(() => browser.page.evaluate(showsRareReference)).toBe(true)
    expect(await browser.page.evaluate(attack, texts)).toEqual([])
    expect(browser.requests).toEqual([])
  })

  test('does not touch the names of the page', async () => {
    const names = await browser.page.evaluate(() => {
      const root = document.querySelector('main') as HTMLElement
      globalThis.markdown.renderMarkdown(
        root,
        '# getElementById\n\n[^1] <a id=bench></a>\n\n[^1]: <img name=getElementById>',
      )
      return [typeof document.getElementById, document.querySelectorAll('[id], [name]').length]
    })
    expect(names).toEqual(['function', 0])
  })

  test('an image comes when the reader clicks', async () => {
    const { page, requests } = browser
    await page.evaluate(() => {
      const root = document.querySelector('main') as HTMLElement
      globalThis.markdown.renderMarkdown(root, '![pixel](/pixel.png?q=1)')
    })
    expect(requests).toEqual([])
    await page.click('.image-button')
    await expect.poll(() => requests.map((url) => new URL(url).pathname)).toEqual(['/pixel.png'])
    expect(await page.getAttribute('main img', 'alt')).toBe('pixel')
  })
})
