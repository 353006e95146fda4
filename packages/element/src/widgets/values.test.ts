import { describe, expect, test } from 'vitest'
import { blockStyle, boxStyle, color, size, spacing } from './values.ts'

test('gaps count in units of 4 px, sizes in px, strings are CSS', () => {
  expect(spacing(4)).toBe('16px')
  expect(size(90)).toBe('90px')
  expect(spacing('1rem')).toBe('1rem')
})

describe('color', () => {
  test.each([
    ['secondary', 'var(--ink-2)'],
    ['surface-elevated', 'var(--elevated)'],
    ['yellow-50', '#fff6d9'],
    ['blue-400', 'color-mix(in oklab, #339cff, #0169cc 50%)'],
    ['alpha-70', 'rgb(var(--alpha-base) / 70%)'],
    ['linear-gradient(135deg, #fff, #eee)', 'linear-gradient(135deg, #fff, #eee)'],
    ['#123456', '#123456'],
  ])('%s', (given, css) => {
    expect(color(given)).toBe(css)
  })

  test('a pair follows the scheme of its subtree', () => {
    expect(color({ light: 'yellow-50', dark: 'yellow-900' })).toBe('light-dark(#fff6d9, #4d3b00)')
  })

  test('nothing that loads an address gets through', () => {
    expect(color('url(https://example.com/x.png)')).toBeUndefined()
    expect(boxStyle({ type: 'Box', background: 'URL (x)', width: 'url(x)' })).toEqual({})
  })
})

test('a side beats its axis', () => {
  expect(boxStyle({ type: 'Box', padding: { x: 2, left: 4 } })).toEqual({ paddingRight: '8px', paddingLeft: '16px' })
})

test('borders by number, object and side', () => {
  expect(boxStyle({ type: 'Box', border: 1 })).toEqual({ border: '1px solid var(--line)' })
  expect(boxStyle({ type: 'Box', border: { size: 2, color: 'strong', style: 'dashed' } })).toEqual({
    border: '2px dashed var(--line-strong)',
  })
  expect(boxStyle({ type: 'Box', border: { y: 1, top: { size: 3 } } })).toEqual({
    borderTop: '3px solid var(--line)',
    borderBottom: '1px solid var(--line)',
  })
})

test('size means both sides, flex by number grows', () => {
  expect(blockStyle({ type: 'Box', size: 24, flex: 2, radius: 'full' })).toEqual({
    width: '24px',
    height: '24px',
    flex: '2 2 0%',
    borderRadius: '9999px',
  })
})
