/**
 * Where our adapter deviates from a doubtful recording on purpose. A rule rewrites what was recorded into what ours does
 * instead, and all of it is compared: so a rule holds for cases that nobody has seen, and for nothing else. Rules that
 * leave something to timing take it away on both sides. `conformance/deviations.md` has one line for each.
 */
import type { CaseResult, Json, RequestCase } from '../case.ts'
import { isRecord } from '../compare.ts'
import { withLastDeltas } from '../last-deltas.ts'
import type { AgentCase } from './agent-case.ts'
import { type AgentObserved, agentDifference } from './compare-agent.ts'
import type { Path } from './respond.ts'

interface Deviating {
  test: AgentCase
  observed: AgentObserved
  path: Path
}

interface Rule {
  id: string
  /** What is to be compared instead; undefined where the rule has nothing to say. */
  adapt(deviating: Deviating): Partial<Deviating> | undefined
}

export function agentDeviation({ why, ...deviating }: Deviating & { why: string }): CaseResult {
  let adapted: Deviating = structuredClone(deviating)
  const used: string[] = []
  for (const { id, adapt } of RULES) {
    const change = adapt(adapted)
    if (!change) continue
    adapted = { ...adapted, ...change }
    used.push(id)
  }
  if (used.length === 0) return { ok: false, why: `${deviating.path}: no deviation covers this: ${why}` }
  const left = agentDifference(adapted.observed, adapted.test, adapted.path)
  if (left === undefined) return { ok: true, deviation: used.join(', ') }
  return { ok: false, why: `${deviating.path}: ${used.join(', ')}: ${left}` }
}

const RULES: readonly Rule[] = [
  {
    id: 'a-text-that-ends-as-it-grows-is-one-delta',
    adapt: ({ observed, test }) => {
      const requests = test.requests.map((request, index) => {
        const frames = withLastDeltas(recordedFrames(request), observed.responses[index]?.frames ?? [])
        return 'frames' in request.response ? { ...request, response: { ...request.response, frames } } : request
      })
      return JSON.stringify(requests) === JSON.stringify(test.requests) ? undefined : { test: { ...test, requests } }
    },
  },
  {
    id: 'an-event-shows-its-own-moment',
    adapt: ({ test }) => withFrames(test, showMoments),
  },
  {
    id: 'a-task-is-known-by-its-place',
    adapt: ({ test }) => withFrames(test, placeTasks),
  },
  {
    id: 'an-image-keeps-its-format',
    adapt: ({ test }) => {
      const format = outputFormat(test)
      if (!format || format === 'png') return undefined
      const rewritten = JSON.stringify(test).replaceAll('data:image/png;', `data:image/${format};`)
      return { test: JSON.parse(rewritten) }
    },
  },
  {
    id: 'an-image-that-came-to-nothing-is-removed',
    adapt: ({ observed, test }) => {
      const failed = unfinishedImages(test)
      const removed = (frame: Json) => frame.type === 'thread.item.removed' && failed.has(String(frame.item_id))
      if (![...failed].every((id) => framesOf(observed).some((frame) => removed(frame) && frame.item_id === id)))
        return undefined
      if (failed.size === 0) return undefined
      const writes = observed.writes.filter(({ op, id }) => !(op === 'delete_thread_item' && failed.has(id)))
      return { observed: { ...mapFrames(observed, (frames) => frames.filter((frame) => !removed(frame))), writes } }
    },
  },
  {
    id: 'a-refusal-is-the-answer',
    adapt: ({ observed, test }) => {
      if (!refuses(test) || observed.responses.at(-1)?.end?.outcome !== 'completed') return undefined
      const withoutError = withFrames(test, (frames) => frames.filter(({ type }) => type !== 'error'))
      const streamed = refusedParts(test)
      const isRefusal = ({ update }: Json) =>
        isRecord(update) && isStreamedText(update) && streamed.has(Number(update.content_index))
      return { ...withoutError, observed: mapFrames(observed, (frames) => frames.filter((frame) => !isRefusal(frame))) }
    },
  },
  {
    id: 'an-error-of-a-tool-keeps-its-kind',
    adapt: ({ test }) => {
      const raise = (test.agent.tools ?? [])
        .flatMap((tool) => ('do' in tool && tool.on_error === undefined ? tool.do : []))
        .map((step) => ('raise' in step ? step.raise : undefined))
        .find((step) => step?.type === 'CustomStreamError')
      if (!raise) return undefined
      const error = { type: 'error', code: 'custom', message: raise.message, allow_retry: raise.allow_retry ?? false }
      return withFrames(test, (frames) => frames.map((frame) => (frame.type === 'error' ? error : frame)))
    },
  },
  {
    id: 'what-a-tool-failure-tells-the-model-is-the-agents-sdks',
    adapt: ({ observed, test }) => {
      if (!(test.agent.tools ?? []).some((tool) => 'on_error' in tool)) return undefined
      const outputs = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value), (key, field) =>
          key === 'output' && typeof field === 'string' && field.startsWith('An error occurred') ? 'told' : field,
        )
      return {
        observed: { ...observed, asked: outputs(observed.asked) as AgentObserved['asked'] },
        test: { ...test, model_requests: outputs(test.model_requests) as AgentCase['model_requests'] },
      }
    },
  },
  {
    id: 'a-workflow-is-ended-by-the-next',
    adapt: ({ observed, test }) => {
      const left = unfinishedWorkflows(test)
      if (left.size === 0) return undefined
      const isEnd = ({ type, item }: Json) => type === 'thread.item.done' && isRecord(item) && left.has(String(item.id))
      const { items, ...rest } = observed.storeAfter
      return {
        observed: {
          ...mapFrames(observed, (frames) => frames.filter((frame) => !isEnd(frame))),
          writes: observed.writes.filter(({ id }) => !left.has(id)),
          storeAfter: { ...rest, items: items.filter(({ id }) => !left.has(String(id))) },
        },
      }
    },
  },
  {
    id: 'a-guardrail-cuts-in-when-it-can',
    adapt: ({ observed, test }) => {
      const isParallel = (test.agent.input_guardrails ?? []).some((guardrail) => guardrail.run_in_parallel !== false)
      if (!isParallel) return undefined
      // It may object before the model is asked.
      if (observed.asked.length < test.model_requests.length) {
        const { tapesLeft, asked } = observed
        return { test: { ...test, tapes_left: tapesLeft, model_requests: test.model_requests.slice(0, asked.length) } }
      }
      const isDelta = ({ update }: Json) => isRecord(update) && String(update.type).endsWith('text_delta')
      const withoutDeltas = (frames: Json[]) => frames.filter((frame) => !isDelta(frame))
      return { ...withFrames(test, withoutDeltas), observed: mapFrames(observed, withoutDeltas) }
    },
  },
  {
    id: 'without-the-tap-the-agents-sdk-asks-again-after-an-empty-answer',
    adapt: ({ observed, test, path }) => {
      const again = observed.asked.length - test.model_requests.length
      if (path !== 'runner' || again <= 0 || observed.responses.at(-1)?.end?.outcome !== 'failed') return undefined
      return {
        observed: {
          ...mapFrames(observed, (frames) => frames.filter(({ type }) => type !== 'error')),
          asked: observed.asked.slice(0, test.model_requests.length),
          // What the reference stores at the end of the run is not stored of one that failed.
          writes: test.writes,
          storeAfter: test.store_after,
        },
      }
    },
  },
]

/** The index that a task is announced with is its place in the list. */
function placeTasks(frames: Json[]): Json[] {
  const counts = new Map<unknown, number>()
  return frames.map((frame) => {
    const { type, item, item_id: id, update } = frame
    if (type === 'thread.item.added' && isRecord(item)) counts.set(item.id, tasksOf(item).length)
    if (!isRecord(update) || update.type !== 'workflow.task.added') return frame
    const place = counts.get(id) ?? 0
    counts.set(id, place + 1)
    return { ...frame, update: { ...update, task_index: place } }
  })
}

/** A workflow is announced without the tasks that are announced after it. */
function showMoments(frames: Json[]): Json[] {
  return frames.map((frame) => {
    const { type, item } = frame
    if (type !== 'thread.item.added' || !isRecord(item) || !isRecord(item.workflow)) return frame
    const added = frames.filter(
      ({ item_id: id, update }) => id === item.id && isRecord(update) && update.type === 'workflow.task.added',
    )
    const done = frames.find(
      (other) => other.type === 'thread.item.done' && isRecord(other.item) && other.item.id === item.id,
    )
    if (!isRecord(done?.item)) return frame
    const tasks = tasksOf(item).slice(0, tasksOf(done.item).length - added.length)
    return { ...frame, item: { ...item, workflow: { ...item.workflow, tasks } } }
  })
}

function tasksOf(item: Json): unknown[] {
  return isRecord(item.workflow) && Array.isArray(item.workflow.tasks) ? item.workflow.tasks : []
}

function tapeEvents(test: AgentCase): Json[] {
  return test.model.flatMap((tape) => ('events' in tape ? tape.events : []))
}

function outputFormat(test: AgentCase): string | undefined {
  const format = tapeEvents(test).find((event) => 'output_format' in event)?.output_format
  return typeof format === 'string' ? format : undefined
}

/** Ids of images that were announced and never done. */
function unfinishedImages(test: AgentCase): Set<string> {
  const ids = new Set<string>()
  for (const { type, item } of test.requests.flatMap(recordedFrames)) {
    if (!isRecord(item) || item.type !== 'generated_image') continue
    if (type === 'thread.item.added') ids.add(String(item.id))
    else ids.delete(String(item.id))
  }
  return ids
}

/** Ids of workflows that were announced and neither done nor stored, while others came after them. */
function unfinishedWorkflows(test: AgentCase): Set<string> {
  const ids = new Set<string>()
  const stored = new Set(test.store_after.items.map(({ id }) => id))
  for (const { type, item } of test.requests.flatMap(recordedFrames)) {
    if (!isRecord(item) || item.type !== 'workflow' || type !== 'thread.item.added') continue
    if (!stored.has(item.id)) ids.add(String(item.id))
  }
  return ids
}

function refuses(test: AgentCase): boolean {
  return tapeEvents(test).some(({ type }) => type === 'response.refusal.delta')
}

function refusedParts(test: AgentCase): Set<number> {
  const refusals = tapeEvents(test).filter(({ type }) => type === 'response.refusal.delta')
  return new Set(refusals.map((event) => Number(event.content_index)))
}

function isStreamedText({ type }: Json): boolean {
  return type === 'assistant_message.content_part.text_delta' || type === 'assistant_message.content_part.done'
}

function recordedFrames({ response }: RequestCase): Json[] {
  return 'frames' in response ? (response.frames ?? []) : []
}

/** The case with other frames; undefined where nothing changes. */
function withFrames(test: AgentCase, change: (frames: Json[]) => Json[]): { test: AgentCase } | undefined {
  const requests = test.requests.map((request) =>
    'frames' in request.response
      ? { ...request, response: { ...request.response, frames: change(recordedFrames(request)) } }
      : request,
  )
  return JSON.stringify(requests) === JSON.stringify(test.requests) ? undefined : { test: { ...test, requests } }
}

function mapFrames(observed: AgentObserved, change: (frames: Json[]) => Json[]): AgentObserved {
  const responses = observed.responses.map((response) => ({ ...response, frames: change(response.frames) }))
  return { ...observed, responses }
}

function framesOf(observed: AgentObserved): Json[] {
  return observed.responses.flatMap(({ frames }) => frames)
}
