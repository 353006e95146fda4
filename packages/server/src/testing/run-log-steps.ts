/** A run log under test, and the steps from which the tests of its contract are made. */
import { expect } from 'vitest'
import type { RunEnd, RunEntry, RunLog, RunOpening, RunRequest, RunWriter } from '../log/run-log.ts'

/** A log to try, alone in its world. */
export interface RunLogFixture {
  log: RunLog
  /** The same log as another node sees it. */
  second?(): Promise<RunLog>
  /** Takes all life from the writers of `log`, as if its process froze, and gives the log of a process that takes over. */
  successor?(): Promise<RunLog>
  /** Lets time pass for what is kept only so long, and housekeeping have its turn. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

export interface RunLogFixtureOptions {
  retentionMs: number
  maxRunBytes: number
}

export interface RunLogFeatures {
  /** Whether several nodes share the log: then the fixture has `second`. */
  nodes: 1 | 2
  /** Whether the log outlives its process: then the fixture has `successor`. */
  outlives: boolean
}

export interface RunLogSetUp {
  /** A new fixture, closed after the test. */
  fixture(options?: Partial<RunLogFixtureOptions>): Promise<RunLogFixture>
  /** The log as each of two nodes has it; of one node, twice the same. */
  logs(options?: Partial<RunLogFixtureOptions>): Promise<[RunLog, RunLog]>
}

export const COMPLETED: RunEnd = { outcome: 'completed' }
export const FAILED: RunEnd = {
  outcome: 'failed',
  error: { code: 'model_error', message: 'Try again.', recoverable: true },
}
export const RETENTION_MS = 600_000

let lastId = 0

export function request(given: Partial<RunRequest> = {}): RunRequest {
  lastId += 1
  return { runId: `r${lastId}`, threadId: `t_${lastId}`, owner: 'local', fingerprint: 'same', resumes: true, ...given }
}

export async function started(
  log: RunLog,
  given: Partial<RunRequest> = {},
): Promise<Extract<RunOpening, { writer: RunWriter }>> {
  const opening = await log.open(request(given))
  if (!('writer' in opening)) throw new Error(`${opening.because} is taken`)
  return opening
}

/** Appends tokens in batches of differing lengths, and waits until they are durable. */
export async function write(writer: RunWriter, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    writer.append(JSON.stringify(`word ${n} `), 'token')
    if (n % 7 === 3) await writer.flush()
  }
  await writer.flush()
}

/** What a reader gets after `after`: to the end, or up to seq `upTo`. */
export async function collect(
  log: RunLog,
  runId: string,
  after = 0,
  upTo = Number.POSITIVE_INFINITY,
): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  if (upTo <= after) return entries
  const leave = new AbortController()
  for await (const batch of log.read(runId, after, leave.signal)) {
    expect(batch.length).toBeGreaterThan(0)
    for (const entry of batch) if (entry.seq <= upTo) entries.push(entry)
    if ((entries.at(-1)?.seq ?? 0) >= upTo) break
  }
  leave.abort()
  return entries
}

export async function ended(log: RunLog, runId: string): Promise<void> {
  for await (const batch of log.read(runId, 0, new AbortController().signal)) {
    if (batch.some((entry) => 'end' in entry)) return
  }
  throw new Error('the run has no end')
}

export async function sizes(log: RunLog, runId: string): Promise<{ count: number; bytes: number }[]> {
  const batches: { count: number; bytes: number }[] = []
  for await (const batch of log.read(runId, 0, new AbortController().signal)) {
    batches.push({ count: batch.length, bytes: bytesOf(batch) })
  }
  return batches
}

export function bytesOf(entries: RunEntry[]): number {
  return entries.reduce((sum, entry) => sum + ('data' in entry ? new TextEncoder().encode(entry.data).length : 0), 0)
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

export function winnerOf(openings: RunOpening[]): string {
  const winners = openings.flatMap((opening) => ('writer' in opening ? [opening.run.runId] : []))
  expect(winners).toHaveLength(1)
  return winners[0] ?? ''
}

export function losersOf(openings: RunOpening[]) {
  return openings.flatMap((opening) => ('existing' in opening ? [opening] : []))
}

export function at(logs: [RunLog, RunLog], n: number): RunLog {
  return logs[n % 2 === 0 ? 0 : 1]
}

/** The same whole numbers below a bound for the same seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
