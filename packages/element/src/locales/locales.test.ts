import { describe, expect, test } from 'vitest'
import { resolveLocale, textsOf } from './locales.ts'

describe('resolveLocale', () => {
  test.each([
    ['de-DE', 'de-DE'],
    ['de', 'de-DE'],
    ['de-AT', 'de-DE'],
    ['zh', 'zh-CN'],
    ['zh-Hant', 'zh-TW'],
    ['es', 'es-ES'],
    ['es-MX', 'es-ES'],
    ['pt', 'pt-BR'],
    ['ar', 'ar'],
    ['en-GB', 'en'],
    ['xx', 'en'],
  ])('%s is %s', (code, locale) => {
    expect(resolveLocale(code)).toBe(locale)
  })
})

test('a locale without texts reads English from left to right', () => {
  expect(textsOf('ar').messages.send).toBe(textsOf('en').messages.send)
  expect(textsOf('ar').direction).toBe('ltr')
})

test('durations are told in the unit a reader counts in', () => {
  const { messages } = textsOf('en')
  expect([0, 4, 75].map(messages.thoughtFor)).toEqual([
    'Thought for a moment',
    'Thought for 4 s',
    'Thought for 1 min 15 s',
  ])
})
