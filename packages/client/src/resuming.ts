/** A transport whose streams survive lost connections: what was missed is read from the run's log. */
import { ChatKitError } from '@millrace/protocol'
import { backoffMs, browserNetwork, delay, type NetworkState, whenOnline } from './backoff.ts'
import { brokenOff } from './http-errors.ts'
import { type TimeLimits, withTimeouts } from './timeouts.ts'
import type {
  Connection,
  EventStream,
  JsonRequest,
  RunRequest,
  SequencedEvent,
  StreamRequestOptions,
  Transport,
} from './transport.ts'

export interface ResumingOptions extends Partial<TimeLimits> {
  /** Tries after a failure, counted anew from the last event that arrived (default 3). */
  maxTries?: number
  /** The wait before the first of them; doubled each time, ±20 % (default 1,000 ms). */
  baseMs?: number
  /** The longest wait that a server may ask for by `Retry-After` (default 60,000 ms); beyond it the error is thrown. */
  maxWaitMs?: number
  /** How long a run that can be resumed is followed in all (default 300,000 ms). */
  totalMs?: number
  network?: NetworkState
}

/**
 * Repeats what is safe to repeat, and resumes a stream that was cut before its end behind the last event that came: an
 * event arrives exactly once. A server without numbered events is never asked again: its cut streams throw `unavailable`.
 * A run that the server has forgotten meanwhile throws `expired`: what came of it is in the thread.
 */
export function resuming(transport: Transport, options: ResumingOptions = {}): Transport {
  const { maxTries = 3, baseMs = 1000, maxWaitMs = 60_000, totalMs = 300_000, network = browserNetwork } = options
  const { answerMs = 60_000, firstEventMs = 15_000, betweenEventsMs = 30_000 } = options
  const timed = withTimeouts(transport, { answerMs, firstEventMs, betweenEventsMs })
  /** Whether the server is known to keep runs; then a request with an `Idempotency-Key` never runs twice. */
  let keepsRuns = false

  /** Tries until it works or waiting makes no sense any more. */
  async function persist<T>(
    attempt: () => Promise<T>,
    mayRepeat: (error: ChatKitError) => boolean,
    { signal, onConnection }: Partial<StreamRequestOptions>,
    failures: { count: number } = { count: 0 },
  ): Promise<T> {
    let isTroubled = false
    const say = (connection: Connection) => {
      isTroubled = connection !== 'online'
      onConnection?.(connection)
    }
    while (true) {
      const wasOffline = !network.isOnline()
      try {
        const result = await attempt()
        if (isTroubled) say('online')
        return result
      } catch (error) {
        if (signal?.aborted || !(error instanceof ChatKitError)) throw error
        const isOffline = error.status === 0 && !network.isOnline()
        // what was asked without a network never left this machine
        if (!mayRepeat(error) && !(wasOffline && isOffline)) throw error
        if (isOffline) {
          say('offline')
          await whenOnline(network, signal)
          say('reconnecting')
          continue
        }
        const wait = error.retryAfterMs ?? backoffMs(failures.count + 1, baseMs)
        if (wait > maxWaitMs || ++failures.count > maxTries) throw error
        say('reconnecting')
        await delay(wait, signal)
      }
    }
  }

  return {
    request: (req, signal) =>
      persist(() => timed.request(req, signal), isRepeatable(req) ? mayWork : wasRefused, signal ? { signal } : {}),

    async stream(req, options) {
      const mayRepeat = (error: ChatKitError) =>
        wasRefused(error) || ((keepsRuns || req.type === 'runs.resume') && mayWork(error))
      const stream = await persist(() => timed.stream(req, options), mayRepeat, options)
      if (!stream) return undefined
      keepsRuns ||= stream.runId !== undefined
      return { ...stream, [Symbol.asyncIterator]: () => whole(req, stream, options) }
    },
  }

  /** The events of a run to its end, from as many streams as it takes. */
  async function* whole(
    req: RunRequest,
    first: EventStream,
    options: StreamRequestOptions,
  ): AsyncGenerator<SequencedEvent> {
    const { runId } = first
    const giveUpAt = Date.now() + totalMs
    let seq = req.type === 'runs.resume' ? req.params.after : 0
    /** Whether the server numbers its events, so that there is a log to resume from; its word for it before the first came. */
    let isNumbered = runId !== undefined
    let threadId = 'thread_id' in req.params ? req.params.thread_id : undefined
    const failures = { count: 0 }
    let stream = first
    while (true) {
      let cause: ChatKitError
      try {
        for await (const entry of stream) {
          isNumbered = entry.seq !== undefined
          if (entry.seq !== undefined) {
            if (entry.seq <= seq) continue
            seq = entry.seq
          }
          if (failures.count > 0) failures.count = 0
          if (entry.event.type === 'thread.created') threadId = entry.event.thread.id
          yield entry
          if (entry.event.type === 'run.ended') return
          if (isNumbered && Date.now() > giveUpAt) throw tookTooLong()
        }
        // without a log the end of the body is the end of the answer
        if (!isNumbered) return
        cause = brokenOff()
      } catch (error) {
        if (options.signal.aborted || !(error instanceof ChatKitError) || error.status !== 0) throw error
        if (!isNumbered || error.code === 'timeout_total') throw error
        cause = error
      }
      const lost = cause
      options.onConnection?.('reconnecting')
      if (++failures.count > maxTries) throw lost
      if (network.isOnline()) await delay(backoffMs(failures.count, baseMs), options.signal)
      const of = runId ? { run_id: runId } : threadId ? { thread_id: threadId } : undefined
      if (!of) throw lost
      const resume: RunRequest = { type: 'runs.resume', params: { ...of, after: seq } }
      const resumed = await persist(() => timed.stream(resume, options), mayWork, options, failures).catch(orForgotten)
      if (!resumed) throw forgotten()
      options.onConnection?.('online')
      stream = resumed
    }
  }
}

/** The server keeps the thread, but not its runs for ever. */
function forgotten(): ChatKitError {
  return new ChatKitError('expired', 'The answer ended while the connection was away. Load the thread to see it.')
}

function orForgotten(error: unknown): undefined {
  if (error instanceof ChatKitError && error.status === 404) return undefined
  throw error
}

function tookTooLong(): ChatKitError {
  const message = 'The answer has taken too long. Reload to see how it went on.'
  return new ChatKitError('timeout_total', message, { status: 0 })
}

/** The server said that it did nothing, and to come again. */
function wasRefused(error: ChatKitError): boolean {
  const isOwn = 'code' in error.details
  return error.status === 429 || error.status === 503 || (isOwn && error.code === 'server_error')
}

/** It may work the next time. A plain 500 won't: that is how OpenAI's server says that something does not exist. */
function mayWork(error: ChatKitError): boolean {
  return error.retryable && (error.status !== 500 || wasRefused(error))
}

/** Done twice they do what they do once. */
function isRepeatable(req: JsonRequest): boolean {
  return (
    req.type !== 'attachments.create' && req.type !== 'threads.sync_custom_action' && req.type !== 'input.transcribe'
  )
}
