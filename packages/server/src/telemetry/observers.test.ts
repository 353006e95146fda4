import { expect, test } from 'vitest'
import type { RunObserver } from '../options.ts'
import { requests, testServer } from '../testing/test-server.ts'
import { observers } from './observers.ts'

/** An observer that notes what it is told. */
function noting(): { seen: string[]; observer: RunObserver } {
  const seen: string[] = []
  return {
    seen,
    observer: {
      runStarted: () => seen.push('started'),
      runEnded: (run) => seen.push(`ended ${run.end?.outcome}`),
      runStopped: () => seen.push('stopped'),
      readerCame: () => {
        seen.push('came')
        return { left: () => seen.push('left') }
      },
      failed: () => seen.push('failed'),
    },
  }
}

test('every one of several observers is told of everything', async () => {
  const [one, two] = [noting(), noting()]
  const it = testServer({ observer: observers(one.observer, {}, two.observer) })
  it.respond(async function* () {
    yield { type: 'progress_update', text: 'Thinking …' }
    throw new Error('The handler is broken.')
  })
  await it.read(requests.create())
  await expect.poll(() => one.seen.toSorted()).toEqual(['came', 'ended failed', 'failed', 'left', 'started'])
  expect(two.seen).toEqual(one.seen)
})
