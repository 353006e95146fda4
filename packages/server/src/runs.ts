/**
 * Runs a turn in the background into the log; joins, reads and stops runs; adopts what a dead process left.
 * Before it: `turns.ts` says what a request comes to. After it: `production.ts` runs it, readers follow the log.
 */
import { ChatKitError, newId, type StreamingReq } from '@millrace/protocol'
import { ActiveRuns } from './active-runs.ts'
import { Adoption } from './adoption.ts'
import { fingerprint } from './fingerprint.ts'
import { LateSaves } from './late-saves.ts'
import { type Launch, launch } from './launch.ts'
import type { RunEnd, RunEntry, RunInfo, RunQuery } from './log/run-log.ts'
import type { ChatKitSettings } from './options.ts'
import { Readers } from './readers.ts'
import { planTurn } from './turns.ts'

/** How long a start waits for a run that is about to end before it is a conflict. */
const ENDING_MS = 2000

/** What the client of a streaming request can do. */
export interface ClientCapabilities {
  /** It resumes what it lost; its leaving stops nothing. */
  resumes?: boolean
  /** Its own name for the run: a repeat joins the run. */
  messageId?: string
  /** Last sequence number it has seen, when it joins a run. */
  after?: number
}

export interface RunHandle {
  readonly info: RunInfo
  /**
   * Entries after seq `after`, then live to the end inclusive.
   * @throws ChatKitError at once: `rate_limited` where the run has as many readers as one user may have
   */
  read(after: number, signal: AbortSignal): AsyncIterable<RunEntry[]>
  /** As `read`, for a look at what is there now: it counts as no reader. */
  peek(after: number, signal: AbortSignal): AsyncIterable<RunEntry[]>
  /** Resolves once the run has ended. */
  stop(): Promise<RunEnd>
}

export interface OpenedRun {
  run: RunHandle
  after: number
  /** Whether this very request started the run (and did not join it). */
  started: boolean
}

export class Runs<Context> {
  readonly #settings: ChatKitSettings<Context>
  readonly #active: ActiveRuns<Context>
  readonly #lateSaves: LateSaves
  readonly #readers: Readers
  readonly #adoption: Adoption<Context>

  constructor(settings: ChatKitSettings<Context>) {
    this.#settings = settings
    this.#active = new ActiveRuns(settings.maxRuns)
    this.#lateSaves = new LateSaves((error, threadId) => settings.observer.failed?.(error, { threadId }))
    this.#readers = new Readers(settings)
    this.#adoption = new Adoption(settings)
  }

  /** Whether it takes no new runs any more. */
  get isDraining(): boolean {
    return this.#active.isClosing
  }

  /** Runs that this process produces right now. */
  get active(): number {
    return this.#active.size
  }

  /**
   * Starts the run of a streaming request, or joins the run that its message id names.
   * @throws ChatKitError `run_in_progress`, `message_id_conflict`, `expired`, `rate_limited`, `unavailable`, and what the
   * plan finds
   */
  async start(request: StreamingReq, context: Context, client: ClientCapabilities): Promise<OpenedRun> {
    const { log } = this.#settings
    const owner = this.#settings.owner(context)
    const { messageId } = client
    const print = fingerprint([request.type, request.params])
    if (messageId !== undefined) {
      const known = await log.find({ messageId, owner })
      if (known) return this.#join(known, print, client)
    }
    // Asked again for those that get a run: a repeat takes no room.
    this.#active.requireRoom()
    // A turn builds on the whole thread, and a retry must find the answer that it replaces.
    if ('thread_id' in request.params) await this.#lateSaves.settle(request.params.thread_id)
    return this.#open(request, context, { owner, print, client })
  }

  async #open(
    request: StreamingReq,
    context: Context,
    { owner, print, client }: { owner: string; print: string; client: ClientCapabilities },
  ): Promise<OpenedRun> {
    const { store, log } = this.#settings
    const { messageId } = client
    const deadline = performance.now() + ENDING_MS
    for (;;) {
      const plan = await planTurn(request, { store, settings: this.#settings, context })
      const opening = await log.open({
        runId: newId('run'),
        threadId: plan.thread.id,
        owner,
        fingerprint: print,
        resumes: client.resumes ?? false,
        ...(messageId === undefined ? {} : { messageId }),
      })
      if ('writer' in opening) {
        const { writer, run } = opening
        const launched = { request, plan, writer, run, context, settings: this.#settings, lateSaves: this.#lateSaves }
        await this.#launch(launched, owner)
        return { run: this.handle(run), after: 0, started: true }
      }
      const { existing } = opening
      if (opening.because === 'message') return this.#join(existing, print, client)
      // Its end may be on its way: a client that can't resume closes its socket and sends its next message at once.
      const isEnding = existing.stopping || !existing.resumes
      if (!isEnding || !(await this.#endsBy(existing, deadline))) throw inProgress(existing)
    }
  }

  /** What may not start is given back. Of many that come with one message id only the one that has the run counts. */
  async #launch(launched: Launch<Context>, owner: string): Promise<void> {
    const { run, writer } = launched
    const { observer, startLimit } = this.#settings
    let isAdmitted = false
    try {
      const production = await this.#active.launch(async () => {
        const taken = await startLimit?.take(owner)
        isAdmitted = true
        return launch(launched).catch(async (error: unknown) => {
          await taken?.giveBack()
          throw error
        })
      })
      observer.runStarted?.(run)
      void production.ended.then((end) => this.#ended(run, end))
    } catch (error) {
      if (!isAdmitted) await writer.abandon()
      throw error
    }
  }

  /** The run to resume; nothing where a thread has no run that is still kept. */
  async find(by: { thread_id?: string | undefined; run_id?: string | undefined }, context: Context) {
    const { store, log } = this.#settings
    if (by.thread_id !== undefined) {
      await store.loadThread(by.thread_id, context)
      const info = await log.find({ threadId: by.thread_id })
      return info && info !== 'expired' ? this.handle(info) : undefined
    }
    if (by.run_id === undefined) throw new ChatKitError('invalid_request', 'Name a thread_id or a run_id.')
    return this.handle(await this.own({ runId: by.run_id }, context))
  }

  /** A run of this user. @throws ChatKitError `not_found` (another user's, too), `expired` */
  async own(by: RunQuery, context: Context): Promise<RunInfo> {
    const info = await this.#settings.log.find(by)
    if (info === 'expired') throw expired()
    if (!info || info.owner !== this.#settings.owner(context)) throw new ChatKitError('not_found', 'No such run.')
    return info
  }

  handle(info: RunInfo): RunHandle {
    const { log, observer } = this.#settings
    return {
      info,
      read: (after, signal) => this.#readers.read(info, after, signal),
      peek: (after, signal) => log.read(info.runId, after, signal),
      stop: () => {
        if (!info.end) observer.runStopped?.(info)
        return log.stop(info.runId)
      },
    }
  }

  /** Stops what runs in a thread that is to be deleted; `forget` takes its runs along. */
  async endRuns(threadId: string, context: Context): Promise<{ forget(): Promise<void> }> {
    const { log } = this.#settings
    const info = await log.find({ threadId })
    if (!info || info === 'expired') return { forget: async () => {} }
    if (info.owner !== this.#settings.owner(context)) return { forget: async () => {} }
    if (!info.end) await log.stop(info.runId)
    return { forget: () => log.forget(threadId) }
  }

  /** Ends runs whose writer died as `interrupted`, their text kept. Returns how many there were. */
  adopt(): Promise<number> {
    return this.#adoption.look()
  }

  /** Takes no new runs, lets the running ones finish for `graceMs`, then ends the rest as `interrupted`. */
  async close(graceMs: number): Promise<void> {
    await this.#active.close(graceMs)
    this.#adoption.close()
    await this.#lateSaves.close()
  }

  #ended(started: RunInfo, end: RunEnd): void {
    const { observer, log } = this.#settings
    if (!observer.runEnded) return
    const durationMs = Math.max(0, Date.now() - started.startedAt)
    void log.find({ runId: started.runId }).then(
      (found) => {
        // A log that is away, as with a full disk, does not know the end yet.
        const info: RunInfo = { ...(found && found !== 'expired' ? found : started), end }
        const firstTokenMs = info.firstTokenAt === undefined ? undefined : info.firstTokenAt - info.startedAt
        const figures = { tokens: info.tokens, durationMs, ...(firstTokenMs === undefined ? {} : { firstTokenMs }) }
        observer.runEnded?.(info, figures)
      },
      (error: unknown) => {
        observer.failed?.(error, { runId: started.runId })
        // It has ended all the same: whoever counts running ones must hear of it.
        observer.runEnded?.({ ...started, end }, { tokens: started.tokens, durationMs })
      },
    )
  }

  #join(known: RunInfo | 'expired', print: string, client: ClientCapabilities): OpenedRun {
    if (known === 'expired') throw expired()
    if (known.fingerprint !== print) {
      throw new ChatKitError('message_id_conflict', 'This message id was used for another message. Choose a new one.', {
        details: { run_id: known.runId, message_id: known.messageId },
      })
    }
    return { run: this.handle(known), after: checkedCursor(client.after ?? 0, known), started: false }
  }

  async #endsBy(existing: RunInfo, deadline: number): Promise<boolean> {
    const remaining = deadline - performance.now()
    if (remaining <= 0) return false
    const patience = AbortSignal.timeout(Math.ceil(remaining))
    try {
      for await (const entries of this.#settings.log.read(existing.runId, existing.lastSeq, patience)) {
        if (entries.some((entry) => 'end' in entry)) return true
      }
      return !patience.aborted
    } catch (error) {
      // Given back before it said anything: the thread is free.
      if (error instanceof ChatKitError && error.code === 'not_found') return true
      throw error
    }
  }
}

/** Checks a cursor against the run. @throws ChatKitError `invalid_request` where it is beyond the last entry */
export function checkedCursor(after: number, info: RunInfo): number {
  if (after <= (info.sentSeq ?? info.lastSeq)) return after
  throw new ChatKitError('invalid_request', `The run has ${info.lastSeq} entries; \`after\` is beyond them.`, {
    param: 'after',
  })
}

function expired(): ChatKitError {
  return new ChatKitError('expired', 'This run is no longer kept. Load the thread: it has the answer.')
}

function inProgress(existing: RunInfo): ChatKitError {
  return new ChatKitError(
    'run_in_progress',
    'An answer is still being written in this thread. Wait for it, or stop it.',
    {
      details: { run_id: existing.runId, message_id: existing.messageId },
    },
  )
}
