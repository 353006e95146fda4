import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mockStream } from '../testing/mock-stream.ts'
import { createStreamClient } from './create-stream-client.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The sizes that `auto` picks, one after the other, in ten seconds of an answer with a token every `delay` ms, for a page that is told of each. */
async function sizesOf(delay: number): Promise<number[]> {
  const fetch = mockStream(Array(10_000).fill('x'), { delay })
  const client = createStreamClient({ fetch, bufferSize: 'auto', maxPending: 1000 })
  const sizes = new Set<number>()
  client.subscribe(() => sizes.add(client.getSnapshot().bufferSize))
  void client.start('Hi')
  await vi.advanceTimersByTimeAsync(10_000)
  client.close()
  return [...sizes]
}

test.each([
  ['slow: every token is shown', 100, [1]],
  ['brisk: in pairs', 20, [1, 2]],
  ['fast: five at a time', 4, [1, 5]],
])('`auto` begins with the first token; a model that is %s', async (_, delay, sizes) => {
  expect(await sizesOf(delay)).toEqual(sizes)
})

test.each([{ effectiveType: '3g', rtt: 100 }, { rtt: 400 }])(
  '`auto` on a network like %o shows twenty at a time',
  async (connection) => {
    vi.stubGlobal('navigator', { onLine: true, connection })
    expect(await sizesOf(20)).toEqual([1, 20])
  },
)

test('`auto` in a page whose frames come late shows ten at a time', async () => {
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 80))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  expect(await sizesOf(20)).toEqual([1, 10])
})

test('`auto` goes back once the frames are in time', async () => {
  let lateMs = 80
  vi.stubGlobal('document', { hidden: false })
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, lateMs))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  setTimeout(() => {
    lateMs = 16
  }, 3000)
  expect(await sizesOf(20)).toEqual([1, 10, 2])
})
