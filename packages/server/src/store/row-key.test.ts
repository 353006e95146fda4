import { expect, test } from 'vitest'
import { rowKey } from './row-key.ts'

test.each(['thr_1', 'é漢🙂', '', 'x'.repeat(300)])('an ordinary id is its own key: %j', (id) => {
  expect(rowKey(id)).toBe(id)
})

test('an id that a database could not keep gets a key of its own that it can', () => {
  const odd = ['a\0', 'a\0\0', '\ud800', '\ud801', '\ufffd\ud800', 'x'.repeat(301), 'x'.repeat(10_000)]
  const keys = odd.map(rowKey)
  expect(new Set(keys).size).toBe(odd.length)
  for (const key of keys) expect(key).toMatch(/^#sha256:[\w-]{43}$/)
})

test('nobody takes the key of another id as an id', () => {
  expect(rowKey(rowKey('a\0'))).not.toBe(rowKey('a\0'))
})
