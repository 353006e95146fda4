/** What every run log promises, as a suite of tests: each implementation passes the same. */
import { afterEach, describe } from 'vitest'
import { claimingAndWriting } from './run-log-claims.ts'
import { keeping, orphans } from './run-log-keeping.ts'
import { reading } from './run-log-reading.ts'
import {
  RETENTION_MS,
  type RunLogFeatures,
  type RunLogFixture,
  type RunLogFixtureOptions,
  type RunLogSetUp,
} from './run-log-steps.ts'

/**
 * Registers the suite with vitest. `make` gives a log that is alone in its world, for each test anew.
 * @example
 * runLogContract('memory', async (options) => {...}, { nodes: 1, outlives: false })
 */
export function runLogContract(
  name: string,
  make: (options: RunLogFixtureOptions) => Promise<RunLogFixture>,
  { nodes, outlives }: RunLogFeatures,
): void {
  describe(`run log: ${name}`, () => {
    const fixtures: RunLogFixture[] = []

    const setUp: RunLogSetUp = {
      async fixture(options = {}) {
        const fixture = await make({ retentionMs: RETENTION_MS, maxRunBytes: 32 * 1024 * 1024, ...options })
        fixtures.push(fixture)
        return fixture
      },
      async logs(options) {
        const fixture = await setUp.fixture(options)
        if (nodes === 1) return [fixture.log, fixture.log]
        if (!fixture.second) throw new Error('A log of two nodes needs a fixture with `second`.')
        return [fixture.log, await fixture.second()]
      },
    }

    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.close()
    })

    claimingAndWriting(setUp)
    reading(setUp)
    keeping(setUp)
    if (outlives) orphans(setUp)
  })
}

export type { RunLogFeatures, RunLogFixture, RunLogFixtureOptions }
