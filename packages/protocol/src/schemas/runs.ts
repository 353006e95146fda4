/** What we add to the protocol: two requests about runs, and the frame that names a run's end. */
import * as z from 'zod'
import { freeObject, laxInteger, optional, wireObject } from './fields.ts'

const run = { thread_id: optional(z.string()), run_id: optional(z.string()) }

export const RunsResumeParamsSchema = wireObject({
  ...run,
  /** Seq of the last entry the client has; 0: from the start. */
  after: laxInteger.pipe(z.int().min(0)).default(0),
}).refine(namesARun, { path: ['thread_id'], message: 'it, or `run_id`' })
export type RunsResumeParams = z.infer<typeof RunsResumeParamsSchema>

export const RunsStopParamsSchema = wireObject(run).refine(namesARun, {
  path: ['thread_id'],
  message: 'it, or `run_id`',
})
export type RunsStopParams = z.infer<typeof RunsStopParamsSchema>

function namesARun(params: { thread_id?: string; run_id?: string }): boolean {
  return params.thread_id !== undefined || params.run_id !== undefined
}

export const RunsResumeReqSchema = wireObject({
  type: z.literal('runs.resume'),
  metadata: freeObject.default({}),
  params: RunsResumeParamsSchema,
})
/** Reads a run on, from behind seq `after` to its end. A thread's id means its latest run. */
export type RunsResumeReq = z.infer<typeof RunsResumeReqSchema>

export const RunsStopReqSchema = wireObject({
  type: z.literal('runs.stop'),
  metadata: freeObject.default({}),
  params: RunsStopParamsSchema,
})
export type RunsStopReq = z.infer<typeof RunsStopReqSchema>

/** How a run ended: by itself, asked to stop, by an error, or because its producer died. */
export type RunOutcome = 'completed' | 'stopped' | 'failed' | 'interrupted'

/** The cause of an end that was not `completed`; codes are those of `ChatKitError`. */
export interface RunError {
  code: string
  /** What a person reads; contains nothing internal. */
  message: string
  /** Whether trying again may help. */
  recoverable: boolean
}

/** The last frame of a stream, for clients that can resume. */
export interface RunEndedEvent {
  type: 'run.ended'
  run_id: string
  outcome: RunOutcome
  error?: RunError
}
