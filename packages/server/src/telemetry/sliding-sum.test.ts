import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingSum } from './sliding-sum.ts'

test('the sum is that of all that was added in the window, whatever happened when', () => {
  const step = fc.record({ waitMs: fc.nat(4000), amount: fc.nat(100) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step), (windowSeconds, steps) => {
      let nowMs = 12_345
      const sliding = new SlidingSum(windowSeconds, () => nowMs)
      const added: { second: number; amount: number }[] = []
      for (const { waitMs, amount } of steps) {
        nowMs += waitMs
        const second = Math.floor(nowMs / 1000)
        added.push({ second, amount })
        sliding.add(amount)
        const inWindow = added.filter((one) => one.second > second - windowSeconds)
        expect(sliding.sum()).toBe(inWindow.reduce((sum, one) => sum + one.amount, 0))
      }
      nowMs += windowSeconds * 1000
      expect(sliding.sum()).toBe(0)
    }),
  )
})
