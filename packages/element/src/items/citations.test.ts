import type { Annotation } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { citationsOf, mark, numberSources, withMarks } from './citations.ts'

const cite = (url: string, index?: number): Annotation => ({
  type: 'annotation',
  source: { type: 'url', title: url, url },
  ...(index === undefined ? {} : { index }),
})
const marked = (text: string, annotations: Annotation[]) => {
  const part = { text, annotations }
  return withMarks(text, citationsOf(part, numberSources([part])))
}

test('a source keeps its number however often it is cited', () => {
  const parts = [{ annotations: [cite('a'), cite('b')] }, { annotations: [cite('a'), cite('c')] }]
  expect(numberSources(parts).map(({ number, source }) => [number, source.title])).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ])
})

test('sources at one index share a place, and places stand in order', () => {
  const part = { text: 'one two', annotations: [cite('b', 7), cite('a', 3), cite('c', 3)] }
  const places = citationsOf(part, numberSources([part]))
  expect(places.map((place) => [place.index, place.sources.map((source) => source.number)])).toEqual([
    [3, [2, 3]],
    [7, [1]],
  ])
})

test('an index counts code points', () => {
  expect(marked('🦊 fox jumps', [cite('a', 5)])).toBe(`🦊 fox${mark(0)} jumps`)
})

test('a place without an index, or beyond the text, is its end', () => {
  expect(marked('done.', [cite('a')])).toBe(`done.${mark(0)}`)
  expect(marked('done.', [cite('a', 99)])).toBe(`done.${mark(0)}`)
})

test('a text without citations stays the same string', () => {
  expect(withMarks('plain', [])).toBe('plain')
})
