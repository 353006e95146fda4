/**
 * One running answer: pulls the handler's events into the run log until it ends, is stopped, fails or loses its log,
 * then decides what becomes of what was unfinished. Before it: `runs.ts` opened the run. After it: nobody; readers
 * follow the log.
 */
import { ChatKitError, type ThreadItem, type ThreadStreamEvent } from '@millrace/protocol'
import { isAway, type LateSaves } from './late-saves.ts'
import type { RunEnd, RunWriter, WriterLoss } from './log/run-log.ts'
import type { ChatKitSettings } from './options.ts'
import type { Recording } from './record.ts'
import { RunDeadline } from './run-deadline.ts'
import { errorFrame, failedEnd } from './run-errors.ts'
import type { Store } from './store/store.ts'
import type { TurnThread } from './turn-thread.ts'
import { hasVisibleText } from './unfinished-items.ts'

/** Bytes that may wait for a slow log before the producer is held up. */
const MAX_WAITING_BYTES = 1024 * 1024

/** Why a run ended before its handler did. */
type Cut = WriterLoss | 'interrupted'

type Ending = { how: 'completed' } | { how: 'failed'; error: unknown } | { how: Cut }

export interface ProductionOptions<Context> {
  runId: string
  threadId: string
  writer: RunWriter
  recording: Recording<Context>
  thread: TurnThread
  store: Store<Context>
  context: Context
  settings: ChatKitSettings<Context>
  /** Takes what the store can't take now. */
  lateSaves: LateSaves
  /** Aborted when the run ends otherwise than by the handler's own end. */
  abort: AbortController
  /** Recorded before the handler's own events. */
  first: readonly ThreadStreamEvent[]
  source: AsyncIterable<ThreadStreamEvent>
}

const STOP_NOTE = 'The user cancelled the stream. Stop responding to the prior request.'

export const INTERRUPTED: RunEnd = {
  outcome: 'interrupted',
  error: { code: 'interrupted', message: 'The answer was interrupted by a restart. Try again.', recoverable: true },
}

const TOO_LONG = new ChatKitError('output_too_long', 'The answer grew too long and was ended. Ask for a shorter one.')
const UNAVAILABLE = new ChatKitError('unavailable', 'The server could not keep the answer. Try again in a moment.')

export class Production<Context> {
  readonly #options: ProductionOptions<Context>
  /** Once set, nothing that the handler still yields is looked at. */
  #isClosed = false
  /** The step in hand, which an ending waits for: an item must not be saved after the run's end. */
  #step: Promise<void> = Promise.resolve()
  #cut: (ending: Ending) => void = () => {}
  readonly #deadline: RunDeadline
  /** Whether something that was said waits for the store. */
  #isWaiting = false
  /** Resolves with the end that was written, or will be once the log is back; never rejects. */
  readonly ended: Promise<RunEnd>

  constructor(options: ProductionOptions<Context>) {
    this.#options = options
    this.#deadline = new RunDeadline(options.settings.timeouts, (error) => this.#cut({ how: 'failed', error }))
    this.ended = this.#run()
  }

  /** Ends the run as `interrupted`, its text kept: for a node that goes away. */
  interrupt(): void {
    this.#cut({ how: 'interrupted' })
  }

  async #run(): Promise<RunEnd> {
    const { writer, abort } = this.#options
    const cut = new Promise<Ending>((resolve) => {
      this.#cut = resolve
      const lost = () => resolve({ how: lossOf(writer.signal) })
      if (writer.signal.aborted) lost()
      else writer.signal.addEventListener('abort', lost, { once: true })
    })
    const produced = this.#pump().then(
      (): Ending => ({ how: 'completed' }),
      (error: unknown): Ending => ({ how: 'failed', error }),
    )
    let ending = await Promise.race([produced, cut])
    this.#isClosed = true
    this.#deadline.close()
    // A failed append shows both as a rejected step and as a lost writer; the writer knows better why.
    if (ending.how === 'failed' && writer.signal.aborted) ending = { how: lossOf(writer.signal) }
    if (ending.how !== 'completed') abort.abort(ending.how)
    await this.#step.catch(() => {})
    return this.#finish(ending)
  }

  async #pump(): Promise<void> {
    const { first, source, recording, writer, thread } = this.#options
    for (const event of first) await this.#take(() => recording.record(event))
    // A run that dies before its first entry is forgotten and its message may be sent again: the model must not have begun.
    await writer.flush()
    const iterator = source[Symbol.asyncIterator]()
    try {
      while (!this.#isClosed) {
        const next = await iterator.next()
        if (this.#isClosed) return
        if (next.done) break
        this.#deadline.progress()
        const event = next.value
        if (event.type === 'thread.item.updated') {
          recording.update(event)
          if (thread.isAssigned) await this.#take(() => recording.saveThread())
        } else {
          await this.#take(async () => {
            await recording.record(event)
            await recording.saveThread()
          })
        }
        if (writer.waitingBytes > MAX_WAITING_BYTES) await writer.flush()
      }
    } finally {
      // Not awaited: a handler that ignores its signal is abandoned, and what it throws is nobody's any more.
      void Promise.resolve(iterator.return?.()).catch(() => {})
    }
  }

  #take(step: () => Promise<void>): Promise<void> {
    this.#step = step()
    return this.#step
  }

  async #finish(ending: Ending): Promise<RunEnd> {
    const { writer, settings, runId, threadId } = this.#options
    try {
      const end = await this.#conclude(ending)
      if (ending.how !== 'lost') await writer.end(end)
      return end
    } catch (error) {
      settings.observer.failed?.(error, { runId, threadId })
      const end = failedEnd(error)
      const write = () => this.#attempt(() => writer.end(end))
      // Whoever sees the end finds in the thread what was said. A log that is away shows no end anyway.
      if (this.#isWaiting && writer.signal.reason === 'unavailable') this.#options.lateSaves.add(threadId, write)
      else await write()
      return end
    }
  }

  async #conclude(ending: Ending): Promise<RunEnd> {
    switch (ending.how) {
      case 'completed':
        return this.#complete()
      case 'stopped':
        await this.#stop()
        return { outcome: 'stopped' }
      case 'interrupted':
        await this.#keepUnfinished('ours')
        this.#options.recording.append({ type: 'error', code: 'stream.error', allow_retry: true })
        return INTERRUPTED
      case 'failed':
        return this.#fail(ending.error)
      case 'too_long':
        return this.#fail(TOO_LONG)
      case 'unavailable':
        await this.#keepUnfinished('ours')
        return failedEnd(UNAVAILABLE)
      case 'lost':
        // Another writer has the run: it saves what was said, and this one must not write any more.
        return INTERRUPTED
      default:
        return ending satisfies never
    }
  }

  async #complete(): Promise<RunEnd> {
    const { recording } = this.#options
    try {
      await recording.saveThread()
      await recording.settleRetry()
    } catch (error) {
      return this.#fail(error)
    }
    await this.#tellStored(recording.unfinished())
    return { outcome: 'completed' }
  }

  async #stop(): Promise<void> {
    const { settings, thread, context, recording, threadId } = this.#options
    if (settings.streamCancelled) {
      const pending = recording.unfinished()
      await settings.streamCancelled(structuredClone({ ...thread.thread }), pending, context)
      await this.#tellStored(pending)
    } else {
      await this.#keepUnfinished('ours')
      await this.#options.store.saveItem(
        threadId,
        {
          id: settings.generateId('sdk_hidden_context'),
          thread_id: threadId,
          created_at: settings.now().toISOString(),
          type: 'sdk_hidden_context',
          content: STOP_NOTE,
        },
        context,
      )
    }
    await recording.saveThread()
  }

  async #fail(error: unknown): Promise<RunEnd> {
    const { recording, settings, runId, threadId } = this.#options
    settings.observer.failed?.(error, { runId, threadId })
    if (settings.unfinishedOnError === 'keep') await this.#attempt(() => this.#keepUnfinished())
    else this.#drop(recording.unfinished())
    recording.append(errorFrame(error))
    await this.#attempt(() => recording.saveThread())
    return failedEnd(error)
  }

  /**
   * Saves unfinished messages in which something can be read, in the order they were added, and drops the rest. What the
   * store can't take now is saved later.
   */
  async #keepUnfinished(kind?: 'ours'): Promise<void> {
    const { recording, lateSaves, threadId } = this.#options
    let failure: { error: unknown } | undefined
    for (const item of recording.unfinished()) {
      if (!hasVisibleText(item)) {
        this.#drop([item])
        continue
      }
      const save = async () => {
        await recording.save(item)
        recording.append({ type: 'thread.item.done', item }, kind)
      }
      try {
        await save()
      } catch (error) {
        if (isAway(error)) {
          this.#isWaiting = true
          lateSaves.add(threadId, save)
        }
        failure ??= { error }
      }
    }
    if (failure) throw failure.error
  }

  #drop(items: ThreadItem[]): void {
    for (const item of items) {
      this.#options.recording.append({ type: 'thread.item.removed', item_id: item.id }, 'ours')
    }
  }

  /** A handler may have stored an unfinished item itself; followers must end with what the store holds. */
  async #tellStored(items: ThreadItem[]): Promise<void> {
    const { store, threadId, context, recording } = this.#options
    for (const { id } of items) {
      const item = await store.loadItem(threadId, id, context).catch(() => undefined)
      if (item) recording.append({ type: 'thread.item.done', item }, 'ours')
      else recording.append({ type: 'thread.item.removed', item_id: id }, 'ours')
    }
  }

  /** For a run that has failed already: what fails besides is reported and does not hide the first cause. */
  async #attempt(step: () => Promise<void>): Promise<void> {
    const { settings, runId, threadId } = this.#options
    await step().catch((error: unknown) => settings.observer.failed?.(error, { runId, threadId }))
  }
}

function lossOf(signal: AbortSignal): WriterLoss {
  const reason: unknown = signal.reason
  return reason === 'stopped' || reason === 'lost' || reason === 'too_long' ? reason : 'unavailable'
}
