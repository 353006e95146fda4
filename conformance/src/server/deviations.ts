/**
 * Where ours deviates from a doubtful recording on purpose: rules on behaviour, not names of cases. A rule says when it
 * applies and checks what ours does instead. `conformance/deviations.md` has one line for each.
 */
import type { CaseResult, FlowCase, Json, RequestCase, Response, ServerCase, StoreState, Write } from '../case.ts'
import { difference, isRecord } from '../compare.ts'
import { isRootUpdate, withLastDeltas } from '../last-deltas.ts'
import { storeDifference } from './compare-outcome.ts'
import type { Outcome } from './run-request.ts'

export interface Observed {
  outcomes: Outcome[]
  storeAfter: StoreState
  writes: readonly Write[]
}

export interface Deviating {
  test: ServerCase | FlowCase
  requests: readonly RequestCase[]
  observed: Observed
  /** The difference that made somebody ask. */
  why: string
}

interface Rule {
  id: string
  applies(deviating: Deviating): boolean
  /** What is wrong with ours, or undefined where it does what the rule says. */
  check(deviating: Deviating): string | undefined
}

/** One of the rules that apply has to hold. */
export function deviationOf(deviating: Deviating): CaseResult {
  const wrongs: string[] = []
  for (const { id, applies, check } of RULES) {
    if (!applies(deviating)) continue
    const wrong = check(deviating)
    if (wrong === undefined) return { ok: true, deviation: id }
    wrongs.push(`${id}: ${wrong}`)
  }
  return { ok: false, why: wrongs.length > 0 ? wrongs.join('; ') : `no deviation covers this: ${deviating.why}` }
}

const RULES: readonly Rule[] = [
  {
    id: 'locked-and-closed-threads-take-no-messages',
    applies: (d) =>
      requestTypes(d).some((type) => SAYS_SOMETHING.has(type)) && threadStatuses(d).some((s) => s !== 'active'),
    check: (d) => {
      const refused = d.observed.outcomes.filter((outcome) => /thread_(locked|closed)/.test(codeOf(outcome)))
      return refused.length > 0 ? undefined : 'expected thread_locked or thread_closed'
    },
  },
  {
    id: 'pending-tool-calls-are-found-anywhere',
    applies: (d) => requestTypes(d).includes('threads.add_client_tool_output'),
    check: (d) => {
      const isPending = ({ type, status }: Json) => type === 'client_tool_call' && (status ?? 'pending') === 'pending'
      const before = new Set(d.test.setup.items.filter(isPending).map(({ id }) => id))
      const left = d.observed.storeAfter.items.filter((item) => isPending(item) && before.has(item.id))
      if (left.length > 0) return 'a pending call was left'
      const answers = d.observed.outcomes.filter(
        (_, index) => requestTypes(d)[index] === 'threads.add_client_tool_output',
      )
      return answers.some(({ response }) => response.kind === 'stream') ? undefined : 'expected an answer'
    },
  },
  {
    id: 'an-action-needs-a-type',
    applies: (d) =>
      d.requests.some(({ request }) => actionOf(request) !== undefined && actionOf(request)?.type === undefined),
    check: (d) => expectCode(d, 'invalid_request') ?? untouched(d),
  },
  {
    id: 'hidden-items-never-leave',
    applies: (d) => JSON.stringify(d.requests.map(({ response }) => response)).includes('hidden_context'),
    check: (d) => {
      const shown = JSON.stringify(d.observed.outcomes.map(({ response }) => response))
      if (shown.includes('hidden_context')) return 'a hidden item was shown'
      return storeDifference(d.observed.storeAfter, d.test.store_after)
    },
  },
  {
    id: 'thread-metadata-never-leaves',
    applies: (d) => d.requests.some(({ response }) => 'frames' in response && response.frames?.some(hasThreadMetadata)),
    check: (d) => {
      const leaked = d.observed.outcomes.some(
        ({ response }) => 'frames' in response && response.frames?.some(hasThreadMetadata),
      )
      return leaked ? 'metadata of a thread was shown' : storeDifference(d.observed.storeAfter, d.test.store_after)
    },
  },
  {
    id: 'url-safe-base64-is-base64',
    applies: (d) => requestTypes(d).includes('input.transcribe'),
    check: (d) => {
      const audio = String(paramsOf(d.requests[0]?.request).audio_base64 ?? '')
      const given = d.observed.outcomes[0]?.calls[0]?.data_hex
      return given === Buffer.from(audio, 'base64url').toString('hex') ? undefined : 'the audio was damaged'
    },
  },
  {
    id: 'a-negative-limit-is-refused',
    applies: (d) => d.requests.some(({ request }) => Number(paramsOf(request).limit) < 0),
    check: (d) => expectCode(d, 'invalid_request') ?? untouched(d),
  },
  {
    id: 'a-retry-keeps-the-old-answer-until-there-is-a-new-one',
    applies: (d) => d.requests.some(isFailedRetry),
    check: (d) => untouched(d) ?? nothingLost(d),
  },
  {
    id: 'an-unknown-item-is-not-found',
    applies: (d) => requestTypes(d).includes('threads.retry_after_item'),
    check: (d) => expectCode(d, 'not_found') ?? untouched(d),
  },
  {
    id: 'a-deleted-thread-takes-its-attachments-along',
    applies: (d) => requestTypes(d).at(-1) === 'threads.delete',
    check: (d) => {
      const threads = new Set(d.observed.storeAfter.threads.map((thread) => thread.id))
      const left = (d.observed.storeAfter.attachments ?? []).filter(
        (file) => file.thread_id && !threads.has(file.thread_id),
      )
      return left.length === 0 ? undefined : 'an attachment of the deleted thread was left'
    },
  },
  {
    id: 'nothing-said-is-lost-by-a-stop',
    applies: (d) => d.requests.some(({ cancel }) => cancel !== undefined),
    check: (d) => {
      const note = d.observed.storeAfter.items.some((item) => item.type === 'sdk_hidden_context')
      if (!note) return 'the hidden note is missing'
      const expected = assistantTexts(d.test.store_after)
      const kept = assistantTexts(d.observed.storeAfter)
      return expected.every((text) => kept.includes(text)) ? undefined : 'a stored message was lost'
    },
  },
  {
    id: 'a-text-that-ends-as-it-grows-is-one-delta',
    applies: (d) => d.requests.some(({ response }) => framesOf(response).some(isRootUpdate)),
    check: (d) => {
      for (const [index, { response }] of d.requests.entries()) {
        const shown = framesOf(d.observed.outcomes[index]?.response)
        const found = difference(shown, withLastDeltas(framesOf(response), shown))
        if (found) return found
      }
      return storeDifference(d.observed.storeAfter, d.test.store_after)
    },
  },
  {
    id: 'an-update-of-a-task-that-is-not-there-ends-nothing',
    applies: (d) =>
      JSON.stringify(d.requests.map(({ respond, action }) => [respond, action])).includes('workflow.task.updated'),
    check: (d) => {
      const shown = framesOf(d.observed.outcomes.at(-1)?.response)
      if (shown.some(({ type }) => type === 'error')) return 'expected no error'
      const recorded = framesOf(d.requests.at(-1)?.response).filter(({ type }) => type !== 'error')
      return difference(shown.slice(0, recorded.length), recorded)
    },
  },
  {
    id: 'an-unknown-attachment-leaves-nothing-behind',
    applies: (d) =>
      d.requests.some(({ request }) => JSON.stringify(request)?.includes('"attachments":[')) && expectsError(d),
    check: (d) => expectCode(d, 'not_found') ?? untouched(d),
  },
  {
    id: 'a-start-that-fails-leaves-nothing-behind',
    applies: expectsError,
    check: (d) => (d.observed.outcomes.at(-1)?.response.kind === 'error' ? untouched(d) : 'expected an error'),
  },
]

const SAYS_SOMETHING = new Set(['threads.add_user_message', 'threads.retry_after_item', 'threads.add_structured_input'])

function requestTypes({ requests }: Deviating): string[] {
  return requests.map(({ request }) => String(request?.type))
}

function threadStatuses({ test, observed }: Deviating): unknown[] {
  return [...test.setup.threads, ...observed.storeAfter.threads].map(({ status }) =>
    isRecord(status) ? status.type : 'active',
  )
}

function paramsOf(request: Json | undefined): Json {
  return isRecord(request?.params) ? request.params : {}
}

function actionOf(request: Json | undefined): Json | undefined {
  const { action } = paramsOf(request)
  return isRecord(action) ? action : undefined
}

function expectsError({ requests }: Deviating): boolean {
  return requests.at(-1)?.response.kind === 'error'
}

function codeOf({ error }: Outcome): string {
  return isRecord(error) || error instanceof Error ? String((error as { code?: unknown }).code) : ''
}

/** One of the requests was refused with this code. */
function expectCode({ observed: { outcomes } }: Deviating, code: string): string | undefined {
  if (outcomes.some((outcome) => codeOf(outcome) === code)) return undefined
  return `expected ${code}, got ${outcomes.map((outcome) => codeOf(outcome) || outcome.response.kind).join(', ')}`
}

/** A retry that was answered, and not well. */
function isFailedRetry({ request, response }: RequestCase): boolean {
  return request?.type === 'threads.retry_after_item' && framesOf(response).some(({ type }) => type === 'error')
}

/** Whatever the reference has kept in the end is here, too. */
function nothingLost({ test, observed }: Deviating): string | undefined {
  const kept = new Set(observed.storeAfter.items.map(({ id }) => id))
  const lost = test.store_after.items.find(({ id }) => !kept.has(id))
  return lost && `${String(lost.id)} was lost`
}

/** Every item and thread of the set-up is still there, and nothing came. Other requests of a flow may change the store. */
function untouched({ test, requests, observed }: Deviating): string | undefined {
  if (requests.length > 1) return undefined
  const ids = (state: { threads: Json[]; items: Json[] }) =>
    [...state.threads, ...state.items].map(({ id }) => id).join(' ')
  const [before, after] = [ids(test.setup), ids(observed.storeAfter)]
  return before === after ? undefined : `expected the store untouched (${before}), got ${after}`
}

function hasThreadMetadata(frame: Json): boolean {
  const { thread } = frame
  return isRecord(thread) && isRecord(thread.metadata) && Object.keys(thread.metadata).length > 0
}

function assistantTexts(state: StoreState): string[] {
  const textOf = (part: unknown) => (isRecord(part) ? String(part.text) : '')
  return state.items
    .filter(({ type }) => type === 'assistant_message')
    .map(({ content }) => JSON.stringify(Array.isArray(content) ? content.map(textOf) : content))
}

function framesOf(response: Response | undefined): Json[] {
  return response && 'frames' in response ? (response.frames ?? []) : []
}
