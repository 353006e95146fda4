import { expect, test } from 'vitest'
import { readDeeplink } from './deeplink.ts'

test.each([
  ['chatkit-link://document?id=7', { name: 'document', data: { id: '7' } }],
  ['chatkit-link://source?source_id=a%20b&page=2', { name: 'source', data: { source_id: 'a b', page: '2' } }],
  ['chatkit-link://home', { name: 'home', data: {} }],
  ['chatkit-link://100%', { name: '100%', data: {} }],
  ['https://example.com', undefined],
])('%s', (href, deeplink) => {
  expect(readDeeplink(href)).toEqual(deeplink)
})
