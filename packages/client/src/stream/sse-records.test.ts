import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sseRecords } from './sse-records.ts'

/** The records of a text that comes in pieces, cut at these places (taken modulo its length). */
function records(text: string, cuts: readonly number[] = []): [string, string | undefined][] {
  const found: [string, string | undefined][] = []
  const feed = sseRecords((data, id) => found.push([data, id]))
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...places, text.length]) {
    feed(text.slice(from, to))
    from = to
  }
  return found
}

describe('the records of a stream', () => {
  test('have their data and their own id', () => {
    expect(records('id: 7\ndata: {"a":1}\n\ndata:x\n\n')).toEqual([
      ['{"a":1}', '7'],
      ['x', undefined],
    ])
  })

  test.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
    ['carriage returns', '\r'],
  ])('may end their lines with %s', (_what, end) => {
    const lines = ['data: one', 'data: two', '', ': a comment', 'retry: 10', 'event: news', 'id', 'data: 3', '', '']
    const text = lines.join(end)
    const expected = [
      ['one\ntwo', undefined],
      ['3', ''],
    ]
    for (let cut = 0; cut <= text.length; cut += 1) expect(records(text, [cut])).toEqual(expected)
    expect(
      records(
        text,
        Array.from(text, (_, at) => at),
      ),
    ).toEqual(expected)
  })

  test('are not told without the blank line that ends them', () => {
    expect(records('data: a\n\nid: 2\ndata: b\n')).toEqual([['a', undefined]])
  })

  test('without data are none', () => {
    expect(records('id: 4\n\n: nothing\n\nevent: x\n\n')).toEqual([])
  })

  test('come out the same however the text is cut', () => {
    const line = fc.constantFrom('data: Grüße 👋', 'data:x', 'data', 'id: 5', ': c', 'odd', '', '', 'data:  two ')
    const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (lines, cuts) => {
        const whole = lines.flat().join('')
        expect(records(whole, cuts)).toEqual(records(whole))
      }),
      { numRuns: 500 },
    )
  })

  test('may have a line of five megabytes, in many pieces', () => {
    const long = 'x'.repeat(5_000_000)
    const cuts = Array.from({ length: 5000 }, (_, at) => at * 1000)
    expect(records(`data: ${long}\n\n`, cuts)).toEqual([[long, undefined]])
  })

  test('without end are refused', () => {
    const feed = sseRecords(() => {})
    const mebibyte = 'x'.repeat(1024 * 1024)
    const pour = () => {
      for (let count = 0; count < 65; count += 1) feed(mebibyte)
    }
    expect(pour).toThrow(expect.objectContaining({ type: 'parse', code: 'unreadable' }))
  })
})
