/** Which function runs a case, by the folder it lies in. */
import { runAgentCase } from './agents/index.ts'
import type { CaseResult, FlowCase, HttpCase, ServerCase } from './case.ts'
import { runConverterCase } from './converter/index.ts'
import { runHttpCase } from './server/http-case.ts'
import { runFlowCase, runServerCase } from './server/server-case.ts'
import { runWidgetCase } from './widgets/index.ts'

/** `path` is the file's path within the folder of cases: `server/cancel/partial_text.json`. */
export function runCase(path: string, test: unknown): Promise<CaseResult> {
  const [kind = '', folder = ''] = path.split('/')
  switch (kind) {
    case 'server':
      return runServerCase(test as ServerCase)
    case 'flows':
      return runFlowCase(test as FlowCase)
    case 'http':
      return runHttpCase(test as HttpCase)
    case 'agents':
      return runAgentCase(test)
    case 'converter':
      return runConverterCase(test)
    case 'widgets':
      return runWidgetCase(folder, test)
    default:
      return Promise.resolve({ ok: false, why: `No runner for cases in ${kind}/.` })
  }
}
