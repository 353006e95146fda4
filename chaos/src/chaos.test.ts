import { afterAll, expect, test } from 'vitest'
import { Lab, SharedServers } from './fault.ts'
import { FAULTS } from './faults/index.ts'
import { isSound } from './tally.ts'

const servers = new SharedServers()
afterAll(() => servers.stop())

/** Most of a fault is waiting, for a lease or for a server; three at a time still leave each of them time enough. */
const LANES = 3
const lanes = Array.from({ length: LANES }, () => Promise.resolve())

/** Runs `job` in the lane that was asked least recently, after the jobs before it. */
function inLane<T>(job: () => Promise<T>): Promise<T> {
  const result = (lanes.shift() ?? Promise.resolve()).then(job)
  lanes.push(result.then(forget, forget))
  return result
}

function forget(): void {}

for (const { name, title, run } of FAULTS) {
  test.concurrent(`${name}. ${title}: nothing is lost`, { timeout: 240_000 }, async () => {
    const tally = await inLane(() => run(new Lab({ seed: 4, scale: 0.5, servers })))
    expect(tally.complaints).toEqual([])
    expect(isSound(tally)).toBe(true)
    expect(tally.runs).toBeGreaterThan(0)
  })
}
