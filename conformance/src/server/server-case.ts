/** Runs a case of `server/` or `flows/`. */
import type { CaseResult, FlowCase, RequestCase, ServerCase } from '../case.ts'
import { recordingStore, World } from '../world.ts'
import { outcomeDifference, retryWritesDifference, storeDifference, writesDifference } from './compare-outcome.ts'
import { deviationOf, type Observed } from './deviations.ts'
import { runRequest } from './run-request.ts'

export function runServerCase(test: ServerCase): Promise<CaseResult> {
  return run(test, [test])
}

export function runFlowCase(test: FlowCase): Promise<CaseResult> {
  return run(test, test.requests)
}

async function run(test: ServerCase | FlowCase, requests: readonly RequestCase[]): Promise<CaseResult> {
  const world = new World()
  const recording = await recordingStore(test.setup)
  const observed: Observed = { outcomes: [], storeAfter: { threads: [], items: [] }, writes: recording.writes }
  let why: string | undefined
  for (const [index, request] of requests.entries()) {
    const outcome = await runRequest(request, world, recording)
    observed.outcomes.push(outcome)
    const found = outcomeDifference(outcome, request)
    if (found) why ??= requests.length > 1 ? `request ${index + 1}: ${found}` : found
  }
  observed.storeAfter = await recording.snapshot()
  why ??= storeDifference(observed.storeAfter, test.store_after)
  const isRetried = requests.some(({ request }) => request?.type === 'threads.retry_after_item')
  why ??= (isRetried ? retryWritesDifference : writesDifference)(recording.writes, test.writes)
  if (why === undefined) return { ok: true }
  // A plain case binds; only a doubtful one may be answered in a better way, and then in exactly that way.
  return test.quirk === undefined ? { ok: false, why } : deviationOf({ test, requests, observed, why })
}
