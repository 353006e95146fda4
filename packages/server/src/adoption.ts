/**
 * Runs without a living writer: their log is reduced, what had been said is saved, and they end as `interrupted`.
 * Every step may happen twice (saves are upserts), so an adopter may die too.
 */
import {
  type AssistantMessageItem,
  ChatKitError,
  encodeEvent,
  type ThreadItem,
  type ThreadStreamEvent,
} from '@millrace/protocol'
import { isAway } from './late-saves.ts'
import type { RunInfo, RunLog, RunWriter } from './log/run-log.ts'
import type { ChatKitSettings } from './options.ts'
import { INTERRUPTED } from './production.ts'
import { hasVisibleText, UnfinishedItems } from './unfinished-items.ts'

/** Runs that are brought to their end at once: the readers of all of them wait. */
const AT_ONCE = 16

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5000

export class Adoption<Context> {
  readonly #settings: ChatKitSettings<Context>
  #timer: ReturnType<typeof setInterval> | undefined
  #isLooking = false
  #isClosed = false

  /** Looks for orphans from now on, as often as the log asks for it. */
  constructor(settings: ChatKitSettings<Context>) {
    this.#settings = settings
    const { adoptEveryMs } = settings.log
    if (adoptEveryMs === undefined || settings.adoptsOrphans === false) return
    this.#timer = setInterval(() => void this.#sweep(), adoptEveryMs)
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  /**
   * Resolves with how many runs were adopted, once they have ended. While the store is away they wait, since what was said
   * is to be saved first.
   */
  async look(): Promise<number> {
    const orphans = await this.#settings.log.adopt()
    await this.#endAll(orphans)
    return orphans.length
  }

  /** Runs that wait for their store are left to whoever looks next. */
  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
  }

  async #sweep(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const orphans = await this.#settings.log.adopt()
      // Not awaited: those that wait for their store must not keep others from being found.
      void this.#endAll(orphans)
    } catch (error) {
      // A log that is away is tried again, and says so by itself.
      if (!isAway(error)) this.#settings.observer.failed?.(error, {})
    } finally {
      this.#isLooking = false
    }
  }

  async #endAll(orphans: readonly Orphan[]): Promise<void> {
    const waiting = [...orphans]
    const work = async () => {
      for (let orphan = waiting.shift(); orphan; orphan = waiting.shift()) {
        await end(this.#settings, orphan, () => this.#isClosed)
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, orphans.length) }, work))
  }
}

interface Orphan {
  run: RunInfo
  writer: RunWriter
}

async function end<Context>(
  settings: ChatKitSettings<Context>,
  { run, writer }: Orphan,
  isClosing: () => boolean,
): Promise<void> {
  const where = { runId: run.runId, threadId: run.threadId }
  try {
    const closing = await reduceAndSave(settings, run, writer, isClosing)
    if (!closing) return
    for (const { event, kind } of closing) writer.append(encodeEvent(event), kind)
    await writer.end(INTERRUPTED)
  } catch (error) {
    // One that fails does not keep the others from their end. Where its log is away, it is an orphan again later.
    settings.observer.failed?.(error, where)
    await writer.end(INTERRUPTED).catch((cause: unknown) => settings.observer.failed?.(cause, where))
  }
  settings.observer.runEnded?.(
    { ...run, end: INTERRUPTED },
    { tokens: run.tokens, durationMs: Math.max(0, Date.now() - run.startedAt) },
  )
}

interface Closing {
  event: ThreadStreamEvent
  kind?: 'ours'
}

/** Saves what was said, as often as it takes. Returns what closes the run, or nothing when the process goes away first. */
async function reduceAndSave<Context>(
  settings: ChatKitSettings<Context>,
  run: RunInfo,
  writer: RunWriter,
  isClosing: () => boolean,
): Promise<Closing[] | undefined> {
  const unfinished = await reduceLog(settings.log, run)
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      await writer.hold()
      return await save(settings, run, unfinished)
    } catch (error) {
      if (!isAway(error) || writer.signal.reason === 'lost') throw error
      if (waitMs === FIRST_WAIT_MS) settings.observer.failed?.(error, { runId: run.runId, threadId: run.threadId })
    }
    if (isClosing()) return undefined
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}

async function save<Context>(
  settings: ChatKitSettings<Context>,
  run: RunInfo,
  unfinished: UnfinishedItems,
): Promise<Closing[]> {
  const context = settings.contextOf(run.owner)
  const closing: Closing[] = []
  for (const item of unfinished.current()) {
    const stored = await storedItem(settings.store.loadItem(run.threadId, item.id, context))
    if (stored && isFurther(stored, item)) {
      closing.push({ event: { type: 'thread.item.done', item: stored }, kind: 'ours' })
    } else if (hasVisibleText(item)) {
      await settings.store.saveItem(run.threadId, item, context)
      closing.push({ event: { type: 'thread.item.done', item }, kind: 'ours' })
    } else {
      closing.push({ event: { type: 'thread.item.removed', item_id: item.id }, kind: 'ours' })
    }
  }
  closing.push({ event: { type: 'error', code: 'stream.error', allow_retry: true } })
  return closing
}

/** An item is stored before the event that finishes it is appended: of one that died in between the store has more than the log. */
function isFurther(stored: ThreadItem, logged: ThreadItem): boolean {
  if (stored.type !== 'assistant_message' || logged.type !== 'assistant_message') return stored.type === logged.type
  return textOf(stored).startsWith(textOf(logged))
}

function textOf(message: AssistantMessageItem): string {
  return message.content.map(({ text }) => text).join('')
}

async function storedItem(loading: Promise<ThreadItem>): Promise<ThreadItem | undefined> {
  try {
    return await loading
  } catch (error) {
    if (error instanceof ChatKitError && error.code === 'not_found') return undefined
    throw error
  }
}

async function reduceLog(log: RunLog, run: RunInfo): Promise<UnfinishedItems> {
  const unfinished = new UnfinishedItems()
  const leave = new AbortController()
  try {
    for await (const entries of log.read(run.runId, 0, leave.signal)) {
      for (const entry of entries) {
        // Our own log: what stands in it was encoded by this server.
        if ('data' in entry) unfinished.follow(JSON.parse(entry.data) as ThreadStreamEvent)
      }
      const last = entries.at(-1)
      if (last && last.seq >= run.lastSeq) break
    }
  } finally {
    leave.abort()
  }
  return unfinished
}
