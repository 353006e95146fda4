/** After the answer: gathers what the log, the store and the next message say, and has it judged. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Page, Thread, ThreadItem } from '@millrace/protocol'
import type { Random } from '@millrace/testbed'
import { type Answer, requestOf } from './answer.ts'
import { type Allowed, differenceOf, judge } from './judge.ts'
import { readChatkit } from './readers/chatkit-reader.ts'
import { askJson, RETRY_MS } from './readers/http.ts'
import type { Tally } from './tally.ts'

export interface InspectOptions extends Allowed {
  url: string
  /** The nodes that live: each must take the next message by itself. */
  doors: readonly string[]
  random: Random
  /** How often the model has run for a message, where that is known. */
  modelRuns: (name: string) => number | undefined
}

/** What could not be saved while the store was away is saved soon after it is back. */
const SETTLE_MS = 8000

/** For a new message in the thread: `PATIENCE_MS` would hide that it waits. */
const NEXT_MS = 10_000

/** The answer is over: all of its readers have seen an end, or given up. */
export async function inspect(answer: Answer, options: InspectOptions): Promise<Tally> {
  const { url, doors, random, modelRuns, ...allowed } = options
  const { script, language, runId, threadId, past } = answer
  const late = readChatkit({
    name: 'a reader after the end',
    url,
    language,
    past,
    random,
    deadlineMs: NEXT_MS,
    ...(runId ? { runId } : threadId && { threadId }),
  })
  await late.over
  const isWhole = late.reading.end !== undefined && late.reading.end !== 'gone'
  const events = isWhole ? late.events : undefined
  const stored = threadId === undefined ? undefined : await settledThread(url, threadId, events)
  const lock = threadId === undefined ? 'it is not known' : await lockOf(answer, { doors, threadId, random })
  const readings = [...answer.readers, late].map(({ reading }) => reading)
  return judge({ script, language, readings, events, stored, lock, modelRuns: modelRuns(script.name) }, allowed)
}

/** The thread as the store has it, once that is what its run's events come to, or does not get there. */
async function settledThread(
  url: string,
  threadId: string,
  events: Parameters<typeof differenceOf>[0] | undefined,
): Promise<Thread | undefined> {
  const deadline = performance.now() + SETTLE_MS
  for (;;) {
    const stored = await loadThread(url, threadId).catch(() => undefined)
    const isSettled = stored && (!events || differenceOf(events, stored) === undefined)
    if (isSettled || performance.now() > deadline) return stored
    await delay(RETRY_MS)
  }
}

async function loadThread(url: string, threadId: string): Promise<Thread | undefined> {
  const call = async <Body>(request: object): Promise<Body> => {
    const signal = AbortSignal.timeout(2000)
    const { status, body } = await askJson<Body>({ url: `${url}/chatkit`, body: request, signal })
    if (status !== 200) throw new Error(`HTTP ${status}`)
    return body
  }
  const thread = await call<Thread>({ type: 'threads.get_by_id', params: { thread_id: threadId } })
  const data: ThreadItem[] = []
  for (let after: string | undefined; ; ) {
    const params = { thread_id: threadId, order: 'asc', limit: 100, ...(after && { after }) }
    const page = await call<Page<ThreadItem>>({ type: 'items.list', params })
    data.push(...page.data)
    if (!page.has_more || page.after === undefined) break
    after = page.after
  }
  return { ...thread, items: { data, has_more: false } }
}

/** Sends another message into the thread by each door; who has seen the end of an answer never meets a conflict. */
async function lockOf(
  { script, language }: Answer,
  { doors, threadId, random }: { doors: readonly string[]; threadId: string; random: Random },
): Promise<string | undefined> {
  for (const [number, url] of doors.entries()) {
    const next = { name: `${script.name}-next-${number}`, tokens: 1, perSecond: 0 }
    const start = { body: requestOf(language.messageOf(next), threadId), messageId: next.name }
    const name = `the next message at node ${number}`
    const reader = readChatkit({ name, url, language, start, threadId, past: new Map(), random, deadlineMs: NEXT_MS })
    await reader.over
    const { end, complaints } = reader.reading
    if (complaints.length > 0) return complaints.join('; ')
    if (end !== 'completed') return `${name} ended as ${end} after ${JSON.stringify([...reader.refusals])}`
  }
  return undefined
}
