/** What a fault has cost, in numbers that can be added up. All but the first three must be 0. */

export interface Tally {
  runs: number
  /** How many runs ended how. */
  ends: Record<string, number>
  readers: number
  /** By all readers together, the stored thread of each run among them. */
  expected: number
  lost: number
  doubled: number
  misplaced: number
  /** Readers that never saw an end. */
  endless: number
  /** Threads that took no new message afterwards. */
  locked: number
  /** Threads that hold something else than their runs' events come to. */
  differing: number
  /** Messages for which the model ran more than once. */
  reran: number
  /** Other broken promises, in words. */
  complaints: string[]
  /** From the fault to the end that the slowest reader saw, where the fault has a moment. */
  slowestEndMs: number | undefined
}

export function emptyTally(): Tally {
  return {
    runs: 0,
    ends: {},
    readers: 0,
    expected: 0,
    lost: 0,
    doubled: 0,
    misplaced: 0,
    endless: 0,
    locked: 0,
    differing: 0,
    reran: 0,
    complaints: [],
    slowestEndMs: undefined,
  }
}

export function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally()
  for (const tally of tallies) {
    for (const name of COUNTS) total[name] += tally[name]
    for (const [end, count] of Object.entries(tally.ends)) total.ends[end] = (total.ends[end] ?? 0) + count
    total.complaints.push(...tally.complaints)
    if (tally.slowestEndMs !== undefined) {
      total.slowestEndMs = Math.max(total.slowestEndMs ?? 0, tally.slowestEndMs)
    }
  }
  return total
}

/** Whether every promise was kept. */
export function isSound(tally: Tally): boolean {
  return MUST_BE_ZERO.every((name) => tally[name] === 0) && tally.complaints.length === 0
}

const MUST_BE_ZERO = ['lost', 'doubled', 'misplaced', 'endless', 'locked', 'differing', 'reran'] as const
const COUNTS = ['runs', 'readers', 'expected', ...MUST_BE_ZERO] as const
