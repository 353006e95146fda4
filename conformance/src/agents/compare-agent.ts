/** Holds what came out of a case of `agents/` against what was recorded. */
import type { RunEnd } from '@millrace/server'
import type { Json, StoreState, Write } from '../case.ts'
import { difference, isRecord, sortRemovals } from '../compare.ts'
import { inputDifference } from '../converter/wire-input.ts'
import { storeDifference, writesDifference } from '../server/compare-outcome.ts'
import type { AgentCase, ModelRequestCase } from './agent-case.ts'
import type { Path } from './respond.ts'

export interface AgentObserved {
  responses: { kind: 'stream' | 'cancelled' | 'json'; frames: Json[]; end?: RunEnd | undefined }[]
  /** What the converter made, one entry per run, in the words of the Responses API. */
  inputs: unknown[][]
  /** What the model's service was asked. */
  asked: { during_request: number; body: Json }[]
  tapesLeft: number
  writes: readonly Write[]
  storeAfter: StoreState
}

/** The first difference, or undefined. */
export function agentDifference(observed: AgentObserved, test: AgentCase, path: Path): string | undefined {
  return (
    framesDifference(observed, test) ??
    named('agent_inputs', inputDifference(observed.inputs, test.agent_inputs)) ??
    requestsDifference(observed, path === 'tap' ? test : withoutOwnImages(test)) ??
    named('tapes_left', difference(observed.tapesLeft, test.tapes_left ?? 0)) ??
    storeDifference(observed.storeAfter, test.store_after) ??
    writesDifference(inStableOrder(observed.writes), inStableOrder(test.writes))
  )
}

export function framesDifference(observed: AgentObserved, test: AgentCase): string | undefined {
  for (const [index, { response }] of test.requests.entries()) {
    const actual = observed.responses[index]
    if (actual?.kind !== response.kind) return `request ${index + 1}: expected ${response.kind}, got ${actual?.kind}`
    const expected = 'frames' in response ? (response.frames ?? []) : []
    const found = difference(sortRemovals(actual.frames), sortRemovals(expected))
    if (found) return `request ${index + 1}: frames: ${found}`
  }
  return undefined
}

export function requestsDifference(observed: AgentObserved, test: AgentCase): string | undefined {
  const { asked } = observed
  if (asked.length !== test.model_requests.length) {
    return `model_requests: expected ${test.model_requests.length}, got ${asked.length}`
  }
  for (const [index, expected] of test.model_requests.entries()) {
    const actual = asked[index]
    const found = actual && requestDifference(actual, expected)
    if (found) return `model_requests[${index}]: ${found}`
  }
  return undefined
}

/** The Agents SDK forgets the image that a call made when it sends the call to the model again; the tap mends that. */
function withoutOwnImages(test: AgentCase): AgentCase {
  const requests = JSON.stringify(test.model_requests, (_key, value: unknown) =>
    isRecord(value) && value.type === 'image_generation_call' ? { ...value, result: undefined } : value,
  )
  return { ...test, model_requests: JSON.parse(requests) }
}

function requestDifference({ during_request, body }: AgentObserved['asked'][number], expected: ModelRequestCase) {
  const { input, ...head } = expected
  const mine = {
    during_request,
    model: body.model,
    stream: body.stream ?? false,
    instructions: body.instructions,
    tools: toolNames(body.tools),
    previous_response_id: body.previous_response_id,
  }
  return (
    difference(mine, { ...head, tools: toolNames(head.tools) }, { dropNulls: true }) ??
    named('input', inputDifference(body.input, input, true))
  )
}

function toolNames(tools: unknown): unknown[] {
  if (!Array.isArray(tools)) return []
  return tools.map((tool: unknown) => (isRecord(tool) ? [tool.type, tool.name ?? null] : tool))
}

/** Deletions that follow each other come from a set in the reference. */
function inStableOrder(writes: readonly Write[]): Write[] {
  const events = writes.map((write) => ({
    ...write,
    type: write.op === 'delete_thread_item' ? 'thread.item.removed' : '',
  }))
  return sortRemovals(events)
}

function named(name: string, found: string | undefined): string | undefined {
  return found === undefined ? undefined : `${name}: ${found}`
}
