import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type * as Follow from './dom/follow-bottom.ts'
import type * as Markdown from './index.ts'
import type * as Katex from './katex.ts'
import { type BrowserPage, openPage } from './testing/browser.ts'
import { sample } from './testing/shared.ts'

declare global {
  var markdown: typeof Markdown
  var stream: Markdown.MarkdownStream
  var followed: string[]
  var katexMath: typeof Katex.katexMath
  var followBottom: typeof Follow.followBottom
  var violations: string[]
  var leave: (() => void) | undefined
}

let browser: BrowserPage

beforeAll(async () => {
  browser = await openPage()
  await browser.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
})

afterAll(() => browser.close())

beforeEach(async () => {
  await browser.page.evaluate(() => {
    const root = document.querySelector('main') as HTMLElement
    globalThis.followed = []
    globalThis.stream = globalThis.markdown.createMarkdownStream(root, {
      showEveryMs: 0,
      onLink: (href, event) => {
        globalThis.followed.push(href)
        event.preventDefault()
      },
    })
    globalThis.stream.reset()
  })
})

const append = (text: string) => browser.page.evaluate((piece) => globalThis.stream.append(piece), text)
const html = () => browser.page.$eval('main', (root) => root.innerHTML)

describe('a selection', () => {
  const select = (selector: string, start: number, end: number) =>
    browser.page.evaluate(
      ([selector, start, end]) => {
        const text = document.querySelector(selector)?.firstChild as Text
        getSelection()?.setBaseAndExtent(text, start, text, end)
      },
      [selector, start, end] as const,
    )
  const selected = () => browser.page.evaluate(() => getSelection()?.toString())

  test('stays in a finished block', async () => {
    await append('First *block*.\n\nSecond')
    await select('main p', 0, 5)
    for (const piece of [' block\n', '\n- item\n', '\n| a |\n', '|---|\n| b |', '\n\n```ts\nlet a\n', '```\n'])
      await append(piece)
    expect(await selected()).toBe('First')
  })

  test('stays in the paragraph that is being written', async () => {
    await append('The text that')
    await select('main p', 4, 8)
    for (const piece of [
      ' goes',
      ' on **and',
      ' on** with `code`',
      ' and [a link](https://a.b)',
      ' to its end.\n\nNext',
    ])
      await append(piece)
    expect(await selected()).toBe('text')
  })

  test('stays when a definition turns text behind it into a link', async () => {
    await append('See this and [that][1] *here*.\n\n')
    await select('main p', 0, 3)
    await append('[1]: https://example.com\n\n')
    expect(await html()).toContain('href="https://example.com"')
    expect(await selected()).toBe('See')
  })
})

describe('writing an answer', () => {
  test.each([
    { highlight: false, most: 1.5 },
    { highlight: true, most: 2.5 },
  ])(
    'takes at most $most changes for each piece, none in what is finished (highlighting: $highlight)',
    async ({ highlight, most }) => {
      const { changes, touched } = await browser.page.evaluate(
        async ([text, highlight]) => {
          const root = document.querySelector('main') as HTMLElement
          // The first block of a language is coloured when its grammar has come.
          const names = [...text.matchAll(/^```(\w+)$/gm)].map(([, name]) => name)
          globalThis.markdown.renderMarkdown(root, names.map((name) => `\`\`\`${name}\n1\n\`\`\`\n`).join(''))
          while (highlight && !root.querySelector('[class^=hl-]')) await new Promise((done) => setTimeout(done, 10))
          const stream = globalThis.markdown.createMarkdownStream(root, {
            showEveryMs: 0,
            ...(highlight ? {} : { highlight: false }),
          })
          stream.reset()
          const observer = new MutationObserver(() => {})
          observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
          let records = 0
          let touched = 0
          let pieces = 0
          for (let at = 0; at < text.length; at += 4, pieces++) {
            const finished = [...root.children].slice(0, -1)
            stream.append(text.slice(at, at + 4))
            for (const { target } of observer.takeRecords()) {
              records++
              if (finished.some((block) => block.contains(target))) touched++
            }
          }
          observer.disconnect()
          return { changes: records / pieces, touched }
        },
        [sample('8k'), highlight] as const,
      )
      expect(changes).toBeLessThanOrEqual(most)
      expect(touched).toBe(0)
    },
  )

  test('gives the same page as the whole text, with colours', async () => {
    const text = sample('8k')
    const coloured = async (show: string) => {
      await browser.page.evaluate(`{ const text = ${JSON.stringify(text)}; ${show} }`)
      await browser.page.waitForFunction(
        () =>
          document.querySelectorAll('main .code-block').length ===
          document.querySelectorAll('main .code-block:has([class^=hl-])').length,
      )
      return html()
    }
    const once = await coloured('markdown.renderMarkdown(document.querySelector("main"), text)')
    const cut = await coloured('stream.reset(); for (const unit of text.split("")) stream.append(unit); stream.done()')
    expect(once).toContain('class="hl-keyword"')
    expect(cut).toBe(once)
  })
})

describe('the reader', () => {
  test('copies code', async () => {
    await append('```ts\nconst a = "<b>"\nlet b\n```\n')
    await browser.page.click('.code-copy')
    await browser.page.waitForSelector('.code-copy.copied')
    expect(await browser.page.evaluate(() => navigator.clipboard.readText())).toBe('const a = "<b>"\nlet b')
  })

  test('follows links, which are reported', async () => {
    await append('[a](chatkit-link://open?id=1) [b](https://example.com/b) ')
    for (const link of await browser.page.$$('main a')) await link.click()
    expect(await browser.page.evaluate(() => globalThis.followed)).toEqual([
      'chatkit-link://open?id=1',
      'https://example.com/b',
    ])
    expect(browser.page.context().pages()).toHaveLength(1)
  })

  test('opens a menu on a link, which follows nothing', async () => {
    await append('[a](https://example.com/a) ')
    await browser.page.click('main a', { button: 'right' })
    expect(await browser.page.evaluate(() => globalThis.followed)).toEqual([])
    await browser.page.click('main a', { button: 'middle' })
    expect(await browser.page.evaluate(() => globalThis.followed)).toEqual(['https://example.com/a'])
  })

  test('goes to a footnote', async () => {
    await append('Text[^1].\n\n[^1]: The note.\n')
    await browser.page.click('.footnote-link')
    expect(await browser.page.evaluate(() => document.activeElement?.textContent)).toBe('The note.')
  })
})

describe('KaTeX', () => {
  test.each(['mathml', 'htmlAndMathml'] as const)('draws formulas as %s under the strict policy', async (output) => {
    const { page } = browser
    await page.evaluate((output) => {
      globalThis.violations = []
      document.addEventListener('securitypolicyviolation', (event) =>
        globalThis.violations.push(event.violatedDirective),
      )
      const root = document.querySelector('main') as HTMLElement
      globalThis.markdown.renderMarkdown(root, '$$\\sqrt{x^2} + \\frac{1}{2}$$\n\n\\(\\left(\\frac{a}{b}\\right)\\)', {
        math: globalThis.katexMath({ output }),
      })
    }, output)
    await page.waitForFunction(() => document.querySelectorAll('main .math math').length === 2)
    expect(await page.$$eval('main .math .katex-html', (drawn) => drawn.length)).toBe(output === 'mathml' ? 0 : 2)
    expect(await page.evaluate(() => globalThis.violations)).toEqual([])
  })

  test('follows no command that reaches the page, and leaves what it does not know as its source', async () => {
    const { page, requests } = browser
    const hostile = [
      '\\href{javascript:alert(1)}{x}',
      '\\includegraphics{http://127.0.0.1:9/a.png}',
      '\\htmlStyle{position:fixed}{x}',
      '\\nope',
      '\\def\\a{\\a\\a}\\a',
    ]
    await page.evaluate((formulas) => {
      const root = document.querySelector('main') as HTMLElement
      const text = formulas.map((formula) => `$$${formula}$$`).join('\n\n')
      globalThis.markdown.renderMarkdown(root, `${text}\n\n$$\nx\n$$`, { math: globalThis.katexMath() })
    }, hostile)
    await page.waitForSelector('main .math:last-child math')
    expect(await page.$$eval('main :is(a, img, [onclick])', (found) => found.length)).toBe(0)
    expect(requests).toEqual([])
  })
})

describe('following the bottom', () => {
  const begin = () =>
    browser.page.evaluate(() => {
      const root = document.querySelector('main') as HTMLElement
      globalThis.leave?.()
      globalThis.leave = globalThis.followBottom(document.documentElement, root)
      for (let line = 0; line < 200; line++) globalThis.stream.append(`Line ${line} of the text.\n\n`)
    })
  const place = () =>
    browser.page.evaluate(() => {
      const { scrollTop, scrollHeight, clientHeight } = document.documentElement
      return { scrollTop, fromBottom: Math.round(scrollHeight - scrollTop - clientHeight) }
    })

  test('keeps the end in view for a reader who is there', async () => {
    await begin()
    await expect.poll(place).toMatchObject({ fromBottom: 0 })
    await append('# More\n\n```ts\nlet a\nlet b\n```\n\n| a |\n|---|\n| b |\n\nThe end.')
    await expect.poll(place).toMatchObject({ fromBottom: 0 })
  })

  test('moves nothing under a reader who has scrolled up', async () => {
    await begin()
    await expect.poll(place).toMatchObject({ fromBottom: 0 })
    await browser.page.evaluate(() => document.documentElement.scrollTo(0, 300))
    await browser.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const text = () => browser.page.evaluate(() => document.elementFromPoint(60, 100)?.textContent)
    const before = await text()
    for (const piece of ['More [text][1]. ', '\n\n- a\n\n- b\n', '\n\n[1]: https://a.b\n\n', '| a |\n|---|\n| b |\n']) {
      await append(piece)
      await browser.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      expect((await place()).scrollTop).toBe(300)
      expect(await text()).toBe(before)
    }
  })
})
