/**
 * One run, from its request to its end: reads it by one transport or another, and goes on behind the last event wherever a
 * connection breaks. What comes of it is told to the client (`create-stream-client.ts`).
 */
import { backoffMs, delay, type NetworkState, whenOnline } from '../backoff.ts'
import { abortableWait, release } from './reading.ts'
import { mayComeOtherwise, mayWork } from './retry-rules.ts'
import { aborted, connectionLost, type StreamFailure, toFailure } from './stream-error.ts'
import type { StreamHttp } from './stream-http.ts'
import type { RunEvent, StartBody, StreamTransport } from './stream-transport.ts'
import type { TokenBuffer } from './token-buffer.ts'
import type { StreamError, StreamEvent, StreamState, StreamTimeouts } from './types.ts'
import { Watch } from './watch.ts'
import { loadStopping } from './while-it-begins.ts'

/** Who waits longer wants to know why. */
const LONG_WAIT_MS = 5000
/** A server that asks to wait longer is not waited for. */
const MAX_WAIT_MS = 60_000
/** Who is heard so soon on the next way was held back on the one before. */
const HELD_BACK_MS = 1000
/** How often it is tried without a network. */
const OFFLINE_MS = 5000

export interface RunEnd {
  outcome: StreamState['outcome']
  error: StreamError | null
  /** The server may go on with it: a reload, or who attaches, sees more. */
  mayGoOn?: boolean
}

/** How far a run was read: who goes on with one that was left hands it over. */
export interface RunProgress {
  /** Seq of the last event. */
  after: number
  /** How much text came. */
  characters: number
  /** The server has the run. */
  isKnown: boolean
  /** Its start was told. */
  isTold: boolean
}

export interface RunOptions {
  messageId: string
  body: StartBody | undefined
  progress: RunProgress
  /** The ways to try, the best first, and the number of the one to begin with. */
  transports: readonly [StreamTransport, ...StreamTransport[]]
  rung: number
  http: StreamHttp
  buffer: TokenBuffer
  network: NetworkState
  limits: Required<StreamTimeouts>
  maxRetries: number
  retryDelay: number
  tell: {
    change(patch: Partial<StreamState>): void
    event(event: StreamEvent): void
    resumed(): void
  }
}

export class StreamRun {
  readonly messageId: string
  /** The way to begin with the next time: a later one, where those before have shown that nothing comes through. */
  nextRung: number
  /** Resolves with the end, once. */
  readonly ended: Promise<RunEnd>
  readonly #options: RunOptions
  readonly #watch: Watch
  readonly #progress: RunProgress
  #end: RunEnd | undefined
  #resolveEnd: (end: RunEnd) => void = () => {}
  #rung: number
  #descendedAt = 0
  /** Since the last event. */
  #failures = 0
  #isLost = false
  #isStopping = false
  #state: StreamState['connectionState'] = 'connecting'
  /** The connection at hand, or the wait for the next. */
  #attempt = new AbortController()
  /** A connection is there, or being made. */
  isReading = false
  #isFollowing = false

  constructor(options: RunOptions) {
    this.#options = options
    this.messageId = options.messageId
    this.#progress = options.progress
    this.#rung = this.nextRung = options.rung
    this.ended = new Promise((resolve) => {
      this.#resolveEnd = resolve
    })
    this.#watch = new Watch({
      limits: options.limits,
      onSilence: (error, slept) => this.#breakOff(error, slept),
      onTotal: (error) => this.leave({ outcome: 'failed', error, mayGoOn: true }),
    })
  }

  /** Reads to the end, whatever it takes. To be called once; never rejects. */
  async follow(): Promise<RunEnd> {
    this.#isFollowing = true
    const unwatch = this.#options.network.watch(() => this.#networkChanged())
    try {
      while (!this.#end) {
        const failure = await this.#read()
        if (failure && !this.#end) await this.#recover(failure)
      }
    } catch (error) {
      this.leave({ outcome: 'failed', error: toFailure(error) })
    } finally {
      unwatch()
      this.#watch.stop()
    }
    return this.ended
  }

  /** Ends it here; the server is asked for nothing. */
  leave(end: RunEnd): void {
    if (this.#end) return
    this.#end = end
    this.#watch.stop()
    this.#attempt.abort(aborted())
    this.#options.buffer.finish()
    this.#resolveEnd(end)
  }

  /** Asks the server to stop the run, as soon as it has it, and reads what it still says. Resolves at the end; bounded. */
  async stop(): Promise<void> {
    if (!this.#isFollowing) this.leave({ outcome: 'stopped', error: null })
    if (!this.#isStopping && !this.#end) {
      this.#isStopping = true
      this.#options.buffer.resume()
      loadStopping().then(
        ({ stopRun }) => stopRun(this, this.#options),
        (error) => this.leave({ outcome: 'stopped', error: toFailure(error), mayGoOn: true }),
      )
    }
    await this.ended
  }

  /** Gives the connection up that is there, or only the wait for the next one: it is read on at once. */
  readAnew(onlyWait = false): void {
    if (!onlyWait || !this.isReading) this.#attempt.abort(connectionLost())
  }

  get isKnown(): boolean {
    return this.#progress.isKnown
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Asks on the way that is open; false where there is none. */
  stopByTransport(): boolean {
    return this.#transport.stop?.(this.messageId) ?? false
  }

  get #transport(): StreamTransport {
    const { transports } = this.#options
    return transports[this.#rung] ?? transports[0]
  }

  /** One connection. Resolves with what broke it; undefined at the run's end. */
  async #read(): Promise<StreamFailure | undefined> {
    const { messageId, body, buffer } = this.#options
    const attempt = new AbortController()
    const { signal } = attempt
    const wait = abortableWait(signal)
    this.#attempt = attempt
    this.isReading = true
    this.#watch.listen(this.#transport.silenceMs)
    const request = { messageId, body, ...this.#progress }
    const source = this.#transport.read(request, signal)[Symbol.asyncIterator]()
    try {
      while (true) {
        const batch = await wait(source.next())
        if (batch.done) throw connectionLost()
        this.#take(batch.value)
        if (this.#end) return undefined
        const room = buffer.room()
        // a pause uses none of the time up; a frame that is waited for does
        if (room) await (buffer.isPaused ? this.#watch.hold(room) : room)
      }
    } catch (error) {
      return toFailure(signal.aborted ? signal.reason : error)
    } finally {
      this.isReading = false
      this.#watch.rest()
      release(source, attempt, this.#end !== undefined && !signal.aborted)
    }
  }

  #take(events: readonly RunEvent[]): void {
    const { buffer, tell, progress } = this.#options
    let tokens = 0
    let isNews = events.length === 0
    let end: RunEnd | undefined
    for (const event of events) {
      if (event.type === 'started') {
        this.#started(event)
        continue
      }
      if (this.#end) break
      isNews = true
      if (event.type === 'token') {
        tokens += 1
        progress.after = event.seq
        progress.characters += event.token.length
        buffer.add(event.token)
        tell.event(event)
      } else {
        end = endOf(event)
        break
      }
    }
    if (tokens > 0) buffer.arrived(tokens)
    if (isNews) this.#heard()
    if (!end) return
    this.#end = end
    buffer.finish()
    this.#resolveEnd(end)
  }

  #heard(): void {
    this.#watch.heard()
    if (Date.now() - this.#descendedAt < HELD_BACK_MS) this.nextRung = this.#rung
    if (this.#failures === 0 && this.#state === 'open') return
    this.#failures = 0
    this.#connection('open', { attempt: 0, error: null })
  }

  #started({ runId, threadId }: Extract<RunEvent, { type: 'started' }>): void {
    const { tell, progress } = this.#options
    if (this.#isLost) tell.resumed()
    this.#isLost = false
    progress.isKnown = true
    if (this.#state !== 'open') this.#connection('open', threadId === undefined ? {} : { threadId })
    if (progress.isTold) return
    progress.isTold = true
    tell.event({ type: 'start', messageId: this.messageId, ...(runId && { runId }), ...(threadId && { threadId }) })
  }

  #connection(state: StreamState['connectionState'], more: Partial<StreamState> = {}): void {
    this.#state = state
    this.#options.tell.change({ connectionState: state, ...more })
  }

  /** A connection that is of no use any more; `isFree`: nobody's failure. */
  #breakOff(error: StreamFailure, isFree: boolean): void {
    if (isFree) this.#failures = -1
    this.#attempt.abort(error)
  }

  #networkChanged(): void {
    if (!this.isReading || this.#end) return
    if (!this.#options.network.isOnline()) this.#connection('offline')
    // Nothing came since the network went: whatever was open then is gone, though nobody says so.
    else if (this.#state === 'offline') this.#breakOff(connectionLost(), true)
  }

  /** Waits until it makes sense to try again, by this way or the next; or ends the run. */
  async #recover(failure: StreamFailure): Promise<void> {
    const { network, maxRetries, retryDelay, tell, progress } = this.#options
    const fail = () => this.leave({ outcome: 'failed', error: failure, mayGoOn: failure.recoverable && !failure.isEnd })
    this.#isLost ||= this.isKnown
    if (failure.isEnd) return fail()
    if (await this.#isStoppedUnsent()) return
    // without numbers there is no going on behind what was shown
    if (progress.characters > 0 && progress.after === 0) return fail()
    const isFree = this.#isUnborn(failure)
    if (isFree) progress.isKnown = false
    else if (!mayWork(failure)) return mayComeOtherwise(failure) && this.#descend() ? undefined : fail()
    this.#attempt = new AbortController()
    const { signal } = this.#attempt
    // An answer, whatever it says, proves that there is a network: browsers know of none that ends at this machine.
    if (!network.isOnline() && !failure.status) {
      this.#connection('offline')
      await this.#watch.hold(Promise.race([whenOnline(network, signal), delay(OFFLINE_MS, signal)]).catch(() => {}))
      if (!this.#end && network.isOnline()) this.#connection('reconnecting')
      return
    }
    // A stream that opens and says nothing is held back by something on the way: the next try would be, too.
    if (failure.code === 'timeout_first_token' && this.#descend()) return
    this.#failures += 1
    const waitMs =
      failure.retryAfterMs ?? (this.#failures > 0 ? Math.min(MAX_WAIT_MS, backoffMs(this.#failures, retryDelay)) : 0)
    if (this.#failures > maxRetries || waitMs > MAX_WAIT_MS) {
      if (!this.#descend()) return fail()
      // the server was away, which says nothing about the ways to it
      this.#descendedAt = 0
      return
    }
    const attempt = Math.max(1, this.#failures)
    this.#connection('reconnecting', { attempt, error: waitMs > LONG_WAIT_MS ? failure : null })
    tell.event({ type: 'retry', attempt, waitMs, error: failure })
    // cut short by a stop, or by leaving
    await delay(waitMs, signal).catch(() => {})
    await this.#isStoppedUnsent()
  }

  /** A message that may not have arrived is not sent again while it is being stopped. */
  async #isStoppedUnsent(): Promise<boolean> {
    return this.#isStopping && !this.isKnown && !!(await this.ended)
  }

  /** A run that died before its first entry leaves its message id free: it may be started again. */
  #isUnborn({ status, code }: StreamFailure): boolean {
    return (
      status === 404 &&
      code === 'not_found' &&
      this.isKnown &&
      this.#progress.after === 0 &&
      this.#options.body !== undefined
    )
  }

  /** Goes on with the next way, if there is one. */
  #descend(): boolean {
    if (this.#rung + 1 >= this.#options.transports.length) return false
    this.#rung += 1
    this.#descendedAt = Date.now()
    this.#failures = 0
    this.#connection('reconnecting', { method: this.#transport.method, attempt: 0 })
    return true
  }
}

function endOf(event: Exclude<RunEvent, { type: 'started' | 'token' }>): RunEnd {
  if (event.type === 'failed') return { outcome: 'failed', error: event.error }
  return { outcome: event.type === 'complete' ? 'completed' : 'stopped', error: null }
}
