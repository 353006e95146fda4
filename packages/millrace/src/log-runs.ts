/** One line when a run starts and one when it ends, with its ids and figures; none per token. */
import type { RunObserver } from '@millrace/server'
import type { Log } from './log.ts'

export function logRuns(log: Log): RunObserver {
  return {
    runStarted: (run) => log.info({ run: run.runId, thread: run.threadId, user: run.owner }, 'run started'),
    runEnded({ runId, threadId, owner, end }, figures) {
      const fields = { run: runId, thread: threadId, user: owner, outcome: end?.outcome, ...figures }
      if (end?.error) log.warn({ ...fields, code: end.error.code, reason: end.error.message }, 'run ended')
      else log.info(fields, 'run ended')
    },
    failed: (error, where) => log.error({ err: error, ...where }, 'failed'),
  }
}
