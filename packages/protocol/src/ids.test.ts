import { expect, test } from 'vitest'
import { ID_PREFIXES, newId } from './ids.ts'

test('an id is the prefix of its kind and twenty random characters', () => {
  expect(newId('thread')).toMatch(/^thr_[0-9a-z]{20}$/)
  expect(newId('sdk_hidden_context')).toMatch(/^shcx_[0-9a-z]{20}$/)
  expect(new Set(Object.values(ID_PREFIXES)).size).toBe(Object.keys(ID_PREFIXES).length)
})

test('no id comes twice and no character is preferred', () => {
  const ids = Array.from({ length: 5_000 }, () => newId('message').slice('msg_'.length))
  expect(new Set(ids).size).toBe(ids.length)
  const counts = new Map<string, number>()
  for (const character of ids.join('')) counts.set(character, (counts.get(character) ?? 0) + 1)
  const expected = 100_000 / 36
  // Eight standard deviations of a fair draw: 52.
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(8 * 52)
  expect(counts.size).toBe(36)
})
