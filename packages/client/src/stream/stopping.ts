/** Brings a stop to the server, also where the request that starts the run is still on its way, and sees it through. */
import { backoffMs, delay } from '../backoff.ts'
import { mayWork } from './retry-rules.ts'
import { aborted, type StreamFailure, timedOut, toFailure } from './stream-error.ts'
import { messagePath, type StreamHttp } from './stream-http.ts'
import type { RunEnd } from './stream-run.ts'

/** Between two questions, while the server may not have the run yet. */
const AGAIN_MS = 100
/** Before the first try after a failure, at most. */
const RETRY_MS = 250
/** How long a stop by an open socket may take before it is asked for by a request. */
const BY_SOCKET_MS = 2000
/** How long a stop may take before the run is left to itself. */
const STOP_MS = 10_000
/** A stop that is not answered by then may wait for a connection: browsers have six for each server. */
const STOP_WAITS_MS = 2000
/** How long a run that was stopped is read on. */
const LAST_WORDS_MS = 2000

interface StoppableRun {
  readonly messageId: string
  /** Resolves when the run is over here. */
  readonly ended: Promise<unknown>
  readonly isOver: boolean
  readonly isKnown: boolean
  /** A request is under way that may start it. */
  readonly isReading: boolean
  /** Asks on the way that is open; false where there is none. */
  stopByTransport(): boolean
}

interface FollowedRun extends StoppableRun {
  readonly ended: Promise<RunEnd>
  leave(end: RunEnd): void
  readAnew(onlyWait?: boolean): void
}

interface StopOptions {
  http: StreamHttp
  maxRetries: number
  retryDelay: number
}

/** Asks for the stop; what the run says last is read for a moment. The run is over in a few seconds, whatever happens. */
export async function stopRun(run: FollowedRun, options: StopOptions): Promise<void> {
  const asking = new AbortController()
  const notConfirmed = (error: StreamFailure) => run.leave({ outcome: 'stopped', error, mayGoOn: true })
  const bound = setTimeout(() => notConfirmed(timedOut('timeout_total')), STOP_MS)
  const yielding = setTimeout(() => run.isKnown && run.readAnew(), STOP_WAITS_MS)
  let ending: ReturnType<typeof setTimeout> | undefined
  void run.ended.then(() => {
    for (const timer of [bound, yielding, ending]) clearTimeout(timer)
    asking.abort(aborted())
  })
  try {
    await askToStop(run, options, asking.signal)
    clearTimeout(yielding)
    const leave = () => run.leave({ outcome: 'stopped', error: null })
    // the server does not have it, or nothing of it was heard
    if (!run.isKnown) return leave()
    run.readAnew(true)
    ending = setTimeout(leave, LAST_WORDS_MS)
    if (run.isOver) clearTimeout(ending)
  } catch (error) {
    notConfirmed(toFailure(error))
  }
}

/** Stops a run that nobody reads here. @throws StreamFailure where it can't be told */
export function stopUnread(messageId: string, options: StopOptions): Promise<void> {
  const run = {
    messageId,
    ended: new Promise(() => {}),
    isOver: false,
    isKnown: true,
    isReading: false,
    stopByTransport: () => false,
  }
  return askToStop(run, options, new AbortController().signal)
}

/** Resolves when the server has ended the run, or knows of none. @throws StreamFailure where it can't be told */
async function askToStop(run: StoppableRun, options: StopOptions, signal: AbortSignal): Promise<void> {
  const { http, maxRetries, retryDelay } = options
  const wait = (ms: number) => Promise.race([run.ended, delay(ms, signal)])
  if (run.stopByTransport()) await wait(BY_SOCKET_MS)
  for (let tries = 1; !run.isOver; ) {
    try {
      await http.send(messagePath(run.messageId, '/stop'), { body: {}, keepalive: true }, signal)
      return
    } catch (thrown) {
      const error = toFailure(thrown)
      if (error.status === 404 && (run.isKnown || !run.isReading)) return
      if (error.status === 404) {
        // its request may be on the way; whoever reads ends the run where that one fails
        await wait(AGAIN_MS)
        continue
      }
      if (!mayWork(error) || tries > maxRetries) throw error
      await wait(error.retryAfterMs ?? backoffMs(tries, Math.min(retryDelay, RETRY_MS)))
      tries += 1
    }
  }
}
