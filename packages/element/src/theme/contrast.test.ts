import { expect, test } from 'vitest'
import { contrast, type Rgb, readableOn, withContrast } from './contrast.ts'

test('black on white is 21 to 1', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21)
})

test('text on an accent is dark on light colours and white on dark ones', () => {
  expect(readableOn([250, 240, 120])).toEqual([13, 13, 13])
  expect(readableOn([20, 40, 120])).toEqual([255, 255, 255])
})

test.each<[Rgb, Rgb]>([
  [
    [255, 230, 0],
    [255, 255, 255],
  ],
  [
    [10, 10, 60],
    [26, 26, 26],
  ],
  [
    [120, 120, 120],
    [128, 128, 128],
  ],
])('%j becomes readable on %j', (color, background) => {
  expect(contrast(withContrast(color, background, 4.5), background)).toBeGreaterThanOrEqual(4.5)
})
