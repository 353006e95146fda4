/** Finds out whether the whole path works: a short answer by a built-in responder goes through the real store and run log. */
import { type AssistantMessageItem, ChatKitError, newId, type ThreadStreamEvent } from '@millrace/protocol'
import { ChatKitServer } from '../chatkit-server.ts'
import type { RunEntry, RunInfo } from '../log/run-log.ts'
import type { ChatKitSettings } from '../options.ts'
import type { RunHandle } from '../runs.ts'
import type { Turn } from '../turn.ts'
import { tokenOf } from './token.ts'

/** Whose threads and runs the probes are: nobody's limits count them, and no user sees them. */
const OWNER = 'millrace-health'
const THREAD_PREFIX = 'thr_health_'
const TOKENS = ['Store ', 'and ', 'log ', 'work.']

/** A verdict is as good for whoever asks within this time: a flood of probes costs one a second. */
const FRESH_MS = 1000
/** A try that hangs for longer is given up, and another one is made. */
const STUCK_MS = 30_000
/** A probe's thread that is older than this was left by a process that died. */
const LEFT_BEHIND_MS = 60_000

export type ProbedParts<Context> = Pick<ChatKitSettings<Context>, 'store' | 'log' | 'contextOf' | 'observer'>

export interface HealthProbeOptions {
  /** How long store and log may take in all, in milliseconds. Default 5000. */
  deadlineMs?: number
}

/** What a probe streamed. */
export interface Probed {
  info: RunInfo
  entries: RunEntry[]
}

interface Attempt {
  startedAt: number
  verdict: Promise<Probed>
  /** Whether nothing of it is under way any more, its clearing up included. */
  isOver: boolean
}

export class HealthProbe<Context> {
  readonly #parts: ProbedParts<Context>
  readonly #context: Context
  readonly #server: ChatKitServer<Context>
  readonly #deadlineMs: number
  #attempt: Attempt | undefined

  constructor(parts: ProbedParts<Context>, { deadlineMs = 5000 }: HealthProbeOptions = {}) {
    this.#parts = parts
    this.#context = parts.contextOf(OWNER)
    this.#deadlineMs = deadlineMs
    // A server of its own: no limit of the users' counts its runs, and no observer of theirs hears of them.
    this.#server = new ChatKitServer<Context>({
      store: parts.store,
      log: parts.log,
      respond: answer,
      owner: () => OWNER,
      generateId: (kind) => (kind === 'thread' ? newId('thread').replace(/^[a-z]+_/, THREAD_PREFIX) : newId(kind)),
      unfinishedOnError: 'drop',
      // The app's own server does, with the app's own contexts.
      adoptsOrphans: false,
      storePatienceMs: 0,
      timeouts: { totalMs: deadlineMs },
    })
  }

  /**
   * What a short answer streamed through store and log; whoever asks meanwhile gets the same.
   * @throws ChatKitError `unavailable` where one of them fails, or does not answer in time
   */
  probe(): Promise<Probed> {
    const ageMs = performance.now() - (this.#attempt?.startedAt ?? 0)
    if (!this.#attempt || ageMs > STUCK_MS || (this.#attempt.isOver && ageMs > FRESH_MS)) this.#attempt = this.#begin()
    return this.#attempt.verdict
  }

  #begin(): Attempt {
    const leave = new AbortController()
    const work = this.#stream(leave.signal)
    const verdict = this.#inTime(work, leave)
    const attempt: Attempt = { startedAt: performance.now(), verdict, isOver: false }
    const over = () => {
      attempt.isOver = true
    }
    work.then(over, over)
    return attempt
  }

  async #inTime(work: Promise<Probed>, leave: AbortController): Promise<Probed> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const seconds = this.#deadlineMs / 1000
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`No answer within ${seconds} s.`)), this.#deadlineMs)
    })
    try {
      return await Promise.race([work, late])
    } catch (cause) {
      this.#parts.observer.failed?.(cause, { request: 'GET /health/stream' })
      const message = `The store or the run log fails, or did not answer within ${seconds} s. Look at the server log.`
      throw new ChatKitError('unavailable', message, { cause })
    } finally {
      clearTimeout(timer)
      leave.abort()
    }
  }

  async #stream(signal: AbortSignal): Promise<Probed> {
    const input = { content: [{ type: 'input_text', text: 'Are you well?' }], attachments: [], inference_options: {} }
    const answer = await this.#server.process({ type: 'threads.create', params: { input } }, this.#context, {
      resumes: true,
    })
    if (!('run' in answer)) throw new Error('The probe was not answered by a run.')
    const { run } = answer
    try {
      return { info: run.info, entries: await readWhole(run, signal) }
    } finally {
      await this.#delete(run.info.threadId)
      await this.#deleteLeftBehind()
    }
  }

  /** Takes the thread's run along, and stops it where it still runs. */
  async #delete(threadId: string): Promise<void> {
    await this.#server.process({ type: 'threads.delete', params: { thread_id: threadId } }, this.#context)
  }

  async #deleteLeftBehind(): Promise<void> {
    const { data } = await this.#parts.store.listThreads({ limit: 20, order: 'asc' }, this.#context)
    for (const { id, created_at } of data) {
      const isOld = Date.now() - Date.parse(created_at) > LEFT_BEHIND_MS
      // By its id: an app whose contexts name no user has its own threads in this list.
      if (isOld && id.startsWith(THREAD_PREFIX)) await this.#delete(id)
    }
  }
}

async function readWhole(run: RunHandle, signal: AbortSignal): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  for await (const batch of run.read(0, signal)) entries.push(...batch)
  const end = entries.at(-1)
  const text = entries.map((entry) => tokenOf(entry) ?? '').join('')
  const isWhole = end && 'end' in end && end.end.outcome === 'completed' && text === TOKENS.join('')
  if (!isWhole)
    throw new Error(`The probe's answer ended as ${JSON.stringify(end)} with the text ${JSON.stringify(text)}.`)
  return entries
}

async function* answer<Context>(turn: Turn<Context>): AsyncGenerator<ThreadStreamEvent> {
  const item: AssistantMessageItem = {
    type: 'assistant_message',
    id: turn.generateId('message'),
    thread_id: turn.thread.id,
    created_at: turn.now().toISOString(),
    content: [],
  }
  yield { type: 'thread.item.added', item }
  for (const delta of TOKENS) {
    const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
    yield { type: 'thread.item.updated', item_id: item.id, update }
  }
  const content = [{ type: 'output_text' as const, text: TOKENS.join(''), annotations: [] }]
  yield { type: 'thread.item.done', item: { ...item, content } }
}
