/** Runs a case of `converter/`: items of a thread, and what the model is told of them. */
import { toAgentInput } from '@millrace/agents'
import { ChatKitError, type ThreadItem } from '@millrace/protocol'
import { type ConverterSwitches, converterOptions } from './switches.ts'
import { inputDifference, toWire } from './wire-input.ts'

import type { CaseResult } from '../case.ts'

interface ConverterCase {
  /** As a store would give them; not parsed, which would add defaults to what was set. */
  items: ThreadItem[]
  converter?: ConverterSwitches
  agent_input?: unknown[]
  error?: { category: string }
}

export async function runConverterCase(testCase: unknown): Promise<CaseResult> {
  const test = testCase as ConverterCase
  try {
    const items = test.items.map(withDefaults)
    const input = await toAgentInput(items, converterOptions(test.converter))
    if (test.error)
      return { ok: false, why: `expected an error (${test.error.category}), got ${JSON.stringify(input)}` }
    const found = inputDifference(input.map(toWire), test.agent_input)
    return found === undefined ? { ok: true } : { ok: false, why: `agent_input: ${found}` }
  } catch (error) {
    const category = error instanceof ChatKitError ? error.code : 'other'
    if (category === test.error?.category) return { ok: true }
    return { ok: false, why: `expected ${test.error?.category ?? 'input'}, got ${String(error)}` }
  }
}

/** The lists that every stored user message has. */
function withDefaults(item: ThreadItem): ThreadItem {
  return item.type === 'user_message' ? { ...item, attachments: item.attachments ?? [] } : item
}
