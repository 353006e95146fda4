/** The load on a server, in a process of its own. */
import { startChild } from './child.ts'
import type { FromLoad, StreamsJob, StreamsReport } from './loads/open-streams.ts'

export interface LoadProcess {
  readonly pid: number
  run(job: StreamsJob): Promise<StreamsReport>
  stop(): Promise<void>
}

export async function startLoad(): Promise<LoadProcess> {
  const child = await startChild<FromLoad>('loads/open-streams')
  return {
    pid: child.pid,
    async run(job) {
      const answer = await child.ask(job)
      if ('report' in answer) return answer.report
      throw new Error('failure' in answer ? `The load failed: ${answer.failure}` : 'The load gave no report.')
    },
    stop: () => child.stop(),
  }
}
