import { expect, test } from 'vitest'
import { toAnnotation, toAnnotations } from './annotation.ts'

const url = { type: 'url_citation', url: 'https://example.com/a', title: 'Example', start_index: 0, end_index: 8 }
const shownUrl = {
  type: 'annotation',
  source: { type: 'url', url: 'https://example.com/a', title: 'Example' },
  index: 8,
}

test.each([
  ['a URL citation', url, shownUrl],
  ['one of Chat Completions, which nests it', { type: 'url_citation', url_citation: url }, shownUrl],
  [
    'a file citation',
    { type: 'file_citation', file_id: 'f', filename: 'a.pdf', index: 3 },
    { type: 'annotation', source: { type: 'file', filename: 'a.pdf', title: 'a.pdf' }, index: 3 },
  ],
  [
    'a file of a container',
    {
      type: 'container_file_citation',
      container_id: 'c',
      file_id: 'f',
      filename: 'plot.png',
      start_index: 0,
      end_index: 4,
    },
    { type: 'annotation', source: { type: 'file', filename: 'plot.png', title: 'plot.png' }, index: 4 },
  ],
  ['a file without a name', { type: 'file_citation', file_id: 'f', filename: '', index: 3 }, undefined],
  ['a file path', { type: 'file_path', file_id: 'f', index: 1 }, undefined],
  ['a kind that came later', { type: 'moon_citation' }, undefined],
  ['nothing', null, undefined],
])('%s is shown as its source, or not at all', async (_what, citation, annotation) => {
  expect(await toAnnotation(citation, {})).toEqual(annotation)
})

test('an app may show citations in its own way', async () => {
  const annotation = {
    type: 'annotation' as const,
    source: { type: 'file' as const, filename: 'x', title: 'Mine' },
    index: 1,
  }
  const mappers = { annotation: async () => annotation }
  expect(await toAnnotations([url, { type: 'file_path', file_id: 'f', index: 1 }], mappers)).toEqual([
    annotation,
    annotation,
  ])
})

test('a service that leaves the list out has no citations', async () => {
  expect(await toAnnotations(undefined, {})).toEqual([])
})
