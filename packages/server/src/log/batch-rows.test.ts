import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBatchRow, toBatchRow } from './batch-rows.ts'
import type { RunEntry } from './run-log.ts'

const kinds = fc.constantFrom('token' as const, 'ours' as const, 'event' as const)
const appended = fc.array(fc.tuple(kinds, fc.json()), { minLength: 1, maxLength: 30 })

/** What a log makes of what was appended, from some point of a run on. */
function entriesOf(given: [string, string][], first: number, tokensBefore: number): RunEntry[] {
  let tokens = tokensBefore
  return given.map(([kind, data], index) => {
    if (kind === 'token') tokens += 1
    return { seq: first + index, tokens, data, ...(kind === 'ours' && { ours: true as const }) }
  })
}

test('a batch comes out of its row as it went in, from any seq on', () => {
  fc.assert(
    fc.property(appended, fc.nat(), fc.nat(), fc.boolean(), fc.nat(31), (given, before, tokens, ends, skip) => {
      const entries = entriesOf(given, before + 1, tokens)
      const last = entries.at(-1)
      if (ends && last) entries.push({ seq: last.seq + 1, tokens: last.tokens, end: { outcome: 'stopped' } })
      const row = toBatchRow(entries, tokens)
      expect(fromBatchRow(row, before)).toEqual(entries)
      expect(fromBatchRow(row, before + skip)).toEqual(entries.slice(skip))
    }),
  )
})

test('what the tokens of a batch begin with is written once', () => {
  const given = ['{"delta":"a"}', '{"delta":"b"}', '{"delta":"\u{1f600}"}'].map((data): [string, string] => [
    'token',
    data,
  ])
  const entries = entriesOf(given, 8, 3)
  const row = toBatchRow(entries, 3)
  expect(row).toEqual({ last_seq: 10, tokens: 6, kinds: 'p40', data: '{"delta":"\na"}\nb"}\n\u{1f600}"}' })
  expect(fromBatchRow(row, 8)).toEqual(entries.slice(1))
})

test('characters beyond the basic plane stay whole, however alike they begin', () => {
  const row = toBatchRow(
    entriesOf(
      ['"\u{1f600}"', '"\u{1f601}"'].map((data) => ['token', data]),
      1,
      0,
    ),
    0,
  )
  expect(Buffer.from(row.data).toString()).toBe('"\n\u{1f600}"\n\u{1f601}"')
})

test('tokens that a version without packing wrote are read', () => {
  const entries = entriesOf(
    ['"a"', '"b"'].map((data) => ['token', data]),
    8,
    3,
  )
  expect(fromBatchRow({ last_seq: 9, tokens: 5, kinds: null, data: '"a"\n"b"' }, 7)).toEqual(entries)
})
