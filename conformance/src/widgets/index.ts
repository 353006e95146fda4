/** Recorded cases of widgets: what goes on the wire, what is refused, what changed, what a template gives. */
import { ChatKitError, diffWidget, normalizeWidget } from '@millrace/protocol'
import { WidgetTemplate } from '@millrace/server/widgets'
import { difference } from '../compare.ts'
import { deviationOf } from './deviations.ts'
import { isPassedThrough } from './passed-through.ts'

import type { CaseResult } from '../case.ts'
import type { Outcome, WidgetCase } from './case.ts'

/** Runs one case of `widgets/<folder>`. */
export async function runWidgetCase(folder: string, test: unknown): Promise<CaseResult> {
  const run = RUNNERS[folder]
  if (!run) return { ok: false, why: `No runner for cases in widgets/${folder}/.` }
  const recorded = test as WidgetCase
  const outcome = run(recorded)
  const why = mismatch(outcome, recorded)
  if (why === undefined || isPassedThrough(outcome, recorded)) return { ok: true }
  return recorded.quirk === undefined ? { ok: false, why } : deviationOf({ folder, recorded, outcome, why })
}

const RUNNERS: Readonly<Record<string, (test: WidgetCase) => Outcome>> = {
  components: normalized,
  validation: normalized,
  diff: ({ before, after }) => attempt('diff', () => diffWidget(before, after)),
  template: built,
}

function normalized({ widget }: WidgetCase): Outcome {
  return attempt('validation', () => normalizeWidget(widget))
}

function built({ definition, data }: WidgetCase): Outcome {
  const template = attempt('definition', () => new WidgetTemplate(definition))
  if ('refused' in template) return template
  return attempt('build', () => template.value.build(data))
}

/** A refusal by its stage; any other error is a fault of ours and passes. */
function attempt<T>(stage: string, act: () => T): { value: T } | { refused: string } {
  try {
    return { value: act() }
  } catch (error) {
    if (error instanceof ChatKitError && error.code === 'invalid_request') return { refused: stage }
    throw error
  }
}

function mismatch(outcome: Outcome, { error, json, updates }: WidgetCase): string | undefined {
  if ('refused' in outcome) {
    if (!error) return `refused (${outcome.refused})`
    return error.stage === undefined || error.stage === outcome.refused
      ? undefined
      : `refused as ${outcome.refused}, expected ${error.stage}`
  }
  if (error) return `accepted, expected a refusal (${error.type})`
  return difference(JSON.parse(JSON.stringify(outcome.value)), json ?? updates)
}
