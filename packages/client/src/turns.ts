/**
 * Runs the turns of the open thread, one at a time: sends the request, reads its stream to the end, answers client
 * tools, stops. What each event does is in `turn.ts`.
 */
import { ChatKitError, type ClientToolCallItem } from '@millrace/protocol'
import { delay } from './backoff.ts'
import { answerCall, type ClientToolHandler, claimCall } from './client-tools.ts'
import type { Core } from './core.ts'
import { busy, notSent, toChatKitError, toError } from './response-error.ts'
import type { EventStream, RunRequest } from './transport.ts'
import { type SentRequest, Turn, type TurnOptions, withRetry } from './turn.ts'

export interface TurnHooks {
  clientToolTimeoutMs: number
  /** A run that this page started is there. */
  onRun(runId: string): void
  /** A run is in the way: go and follow it. */
  onConflict(): void
  /** The run ended while the connection was away, so long ago that only the thread holds what came of it. */
  onForgotten(): void
  /** A followed run waits for a client tool, and whoever started it may be gone. */
  onOpenCall(): void
}

type Open = () => Promise<EventStream | undefined>

export class Turns {
  clientTools: ClientToolHandler | undefined
  /** Whether the server keeps runs: it numbered its events or named a run. */
  keepsRuns = false
  /** The run that was read last, and how far. */
  lastRun: { id: string; seq: number; hasEnded: boolean } | undefined
  /** What failed before anything came of it: sent again, it repeats nothing. */
  unsent: SentRequest | undefined

  #core: Core
  #hooks: TurnHooks
  #current: { turn: Turn; done: Promise<void> } | undefined

  constructor(core: Core, hooks: TurnHooks) {
    this.#core = core
    this.#hooks = hooks
  }

  /** Sends a request that is answered by a stream. Resolves at the end of the turn; rejects when it broke. */
  start(request: RunRequest, options: TurnOptions & { messageId?: string } = {}): Promise<void> {
    const turn = new Turn(this.#core, options)
    return this.#begin(turn, () => this.#send(turn, request, options.messageId ?? this.#core.newId()))
  }

  /** Shows a run that someone else started, or that this page started before it was reloaded. */
  follow(stream: EventStream, controller: AbortController, keepsError: boolean): Promise<void> {
    return this.#begin(new Turn(this.#core, { isFollowed: true, controller, keepsError }), async () => stream)
  }

  /** Answers a client tool call that was left open, as by a reload, if there is a handler and no other tab is at it. */
  async answerOpenCall(call: ClientToolCallItem): Promise<void> {
    const release = this.clientTools && (await claimCall(call.id))
    if (!release || this.isRunning) return release?.()
    const turn = new Turn(this.#core, {})
    turn.pendingCall = call
    await this.#begin(turn, async () => undefined, release)
  }

  get isRunning(): boolean {
    return this.#current !== undefined
  }

  /**
   * Stops the running turn: asks a server that keeps runs, and closes the connection to any other. Resolves when the
   * turn has ended.
   */
  async stop(): Promise<void> {
    const { turn, done } = this.#current ?? {}
    if (!turn || turn.isStopping) return done
    turn.isStopping = true
    const { state, transport, emit } = this.#core
    state.set({ canStop: false })
    const { signal } = turn.controller
    // Before the answer has begun, closing the connection would stop nothing on a server that keeps runs.
    if (!turn.ended) await Promise.race([turn.opened, delay(GRACE_MS, signal).catch(() => {})])
    const { threadId } = state.peek()
    const ofThread = this.keepsRuns && threadId ? { thread_id: threadId } : undefined
    const params = turn.runId ? { run_id: turn.runId } : ofThread
    if (params && !turn.ended && !signal.aborted) {
      try {
        await transport.request({ type: 'runs.stop', params }, signal)
        // the run has ended; its last events are on their way
        await Promise.race([done, delay(GRACE_MS)])
      } catch (error) {
        if (!signal.aborted && error instanceof Error) emit({ type: 'error', error })
      }
    }
    turn.controller.abort(new DOMException('The response was stopped.', 'AbortError'))
    return done
  }

  /** Stops reading; a run on a server that keeps runs goes on. */
  leave(): void {
    const { turn } = this.#current ?? {}
    turn?.controller.abort(new DOMException('The conversation moved on.', 'AbortError'))
    if (turn) this.#end(turn, undefined)
  }

  #begin(turn: Turn, open: Open, releaseCall?: () => void): Promise<void> {
    const { state, emit } = this.#core
    if (this.#current) return Promise.reject(busy())
    this.unsent = undefined
    const done = this.#run(turn, open, releaseCall)
    // its failure is in the state, and the caller's to handle or not
    this.#current = { turn, done: done.catch(() => {}) }
    const error = turn.options.keepsError ? {} : { error: null }
    state.set({ isResponding: true, isWaiting: true, canStop: false, progress: null, notices: [], ...error })
    emit({ type: 'response.start' })
    return done
  }

  async #run(turn: Turn, open: Open, claim: (() => void) | undefined): Promise<void> {
    let releaseCall = claim
    // the turn is announced before anything comes of it
    await undefined
    try {
      let next: Open | undefined = open
      while (next) {
        const stream: EventStream | undefined = await next()
        turn.onOpened()
        if (stream) {
          releaseCall?.()
          releaseCall = undefined
          await this.#read(turn, stream)
        }
        next = undefined
        if (this.#isCallForUs(turn)) {
          releaseCall ??= await claimCall(turn.pendingCall?.id ?? '')
          if (releaseCall) next = await this.#answer(turn)
        }
      }
      this.#end(turn, undefined)
    } catch (error) {
      const isLeft = turn.controller.signal.aborted
      const isForgotten = turn.isNumbered && error instanceof ChatKitError && error.code === 'expired'
      this.#end(turn, isLeft || isForgotten ? undefined : error)
      if (isForgotten) return this.#hooks.onForgotten()
      if (!isLeft) throw error
      if (!turn.isAccepted) throw notSent()
    } finally {
      turn.onOpened()
      releaseCall?.()
    }
  }

  async #send(turn: Turn, request: RunRequest, messageId: string): Promise<EventStream | undefined> {
    turn.beginStream()
    turn.sent = { request, messageId }
    const { state, transport } = this.#core
    const stream = await transport.stream(request, {
      signal: turn.controller.signal,
      messageId,
      onConnection: (connection) => state.set({ connection }),
    })
    if (stream?.runId) this.#hooks.onRun(stream.runId)
    return stream
  }

  async #read(turn: Turn, stream: EventStream): Promise<void> {
    const { state } = this.#core
    turn.runId = stream.runId
    if (stream.runId) this.keepsRuns = true
    // a run read before, from its start once more
    const known = stream.runId !== undefined && this.lastRun?.id === stream.runId ? this.lastRun.seq : 0
    const run = { id: stream.runId ?? '', seq: known, hasEnded: false }
    if (stream.runId) this.lastRun = run
    for await (const entry of stream) {
      // left meanwhile: the thread on screen is another one
      if (turn.controller.signal.aborted) throw turn.controller.signal.reason
      const seq = entry.seq ?? 0
      turn.apply(entry, seq > 0 && seq <= known)
      if (seq > run.seq) run.seq = seq
      if (entry.event.type === 'run.ended') break
    }
    if (turn.isNumbered) this.keepsRuns = true
    run.hasEnded = true
    state.set({ canStop: false })
  }

  /** Whether the stream ended with a client tool call that this page has to answer. */
  #isCallForUs(turn: Turn): boolean {
    if (!turn.pendingCall || turn.failure || turn.isStopping) return false
    if (turn.ended && turn.ended.outcome !== 'completed') return false
    if (turn.options.isFollowed) this.#hooks.onOpenCall()
    return !turn.options.isFollowed
  }

  async #answer(turn: Turn): Promise<Open | undefined> {
    const { state, transcript, emit } = this.#core
    const call = turn.pendingCall
    const threadId = state.peek().threadId
    if (!call || !threadId) return undefined
    turn.wait()
    state.set({ canStop: true })
    const result = await answerCall(call, this.clientTools, {
      limitMs: this.#hooks.clientToolTimeoutMs,
      signal: turn.controller.signal,
      onError: (error) => emit({ type: 'error', error }),
    })
    // no event says so
    transcript.put({ ...call, status: 'completed', output: result })
    state.invalidate('soon')
    const request: RunRequest = { type: 'threads.add_client_tool_output', params: { thread_id: threadId, result } }
    return () => this.#send(turn, request, this.#core.newId())
  }

  #end(turn: Turn, failure: unknown): void {
    if (this.#current?.turn !== turn) return
    this.#current = undefined
    const { state, transcript, emit } = this.#core
    const { dropped, localId } = turn.options
    const thrown = failure === undefined ? undefined : toChatKitError(failure)
    // A message that was refused for good, or stopped before the server had it, goes back to the composer.
    const isBack = turn.controller.signal.aborted || thrown?.retryable === false
    if (localId !== undefined && !turn.isAccepted && isBack) transcript.remove(localId)
    // What a retry gave up stands where the server did not begin anew, or says itself what it removes.
    if (dropped && (turn.eventCount === 0 || turn.isNumbered)) transcript.insertAfter(dropped.after, turn.kept)
    if (thrown?.retryable && turn.eventCount === 0) this.unsent = turn.sent
    const error = thrown
      ? withRetry({ code: thrown.code, message: thrown.message, allowRetry: thrown.retryable }, this.#core)
      : turn.error()
    state.invalidate('soon')
    state.set({
      isResponding: false,
      isWaiting: false,
      canStop: false,
      progress: null,
      ...(error && { error }),
      ...(state.peek().connection === 'reconnecting' && { connection: 'online' }),
    })
    // whoever hears of the end sees its last event
    state.flush()
    if (error) emit({ type: 'error', error: thrown ?? toError(error) })
    emit({ type: 'response.end' })
    if (thrown?.code === 'run_in_progress') this.#hooks.onConflict()
  }
}

/** How long a stop waits for what is on its way. */
const GRACE_MS = 2000
