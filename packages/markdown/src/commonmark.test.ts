import { tests } from 'commonmark-spec'
import { describe, expect, test } from 'vitest'
import { loadEntities } from './inline/entities.ts'
import type { MarkdownOptions } from './options.ts'
import { BARE_LINKS, RAW_HTML, SCHEMES } from './testing/departures.ts'
import { outline, rendered, streamed, units } from './testing/page.ts'
import { comparable, comparableHtml } from './testing/spec-html.ts'

/** CommonMark has no math, and its images are loaded. */
const options: MarkdownOptions = { math: false, imagePolicy: 'allow' }
// The examples print tabs as arrows.
const examples = tests.map((example) => ({
  ...example,
  markdown: example.markdown.replaceAll('→', '\t'),
  html: example.html.replaceAll('→', '\t'),
}))
const departures = new Map([...RAW_HTML, ...SCHEMES, ...BARE_LINKS])

describe('CommonMark 0.31.2', () => {
  test('has 652 examples, of which we show 77 differently: 68 for their raw HTML', async () => {
    await loadEntities()
    expect(examples).toHaveLength(652)
    expect([RAW_HTML.size, SCHEMES.size, BARE_LINKS.size]).toEqual([68, 4, 5])
  })

  test.each(examples)('example $number, $section', ({ number, markdown, html }) => {
    const expected = departures.get(number) ?? comparableHtml(html)
    expect(comparable(rendered(markdown, options))).toBe(expected)
  })

  test.each(examples)('example $number, written character by character and cut anywhere', ({ markdown }) => {
    const once = outline(rendered(markdown, options))
    expect(outline(streamed(units(markdown), options))).toBe(once)
    for (let at = 1; at < markdown.length; at++) {
      expect(outline(streamed([markdown.slice(0, at), markdown.slice(at)], options)), `cut at ${at}`).toBe(once)
    }
  })
})
