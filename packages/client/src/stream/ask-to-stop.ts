/** Brings a stop to the server, also where the request that starts the run is still on its way. */
import { backoffMs, delay } from '../backoff.ts'
import { mayWork } from './retry-rules.ts'
import { toFailure } from './stream-error.ts'
import { messagePath, type StreamHttp } from './stream-http.ts'

/** Between two questions, while the server may not have the run yet. */
const AGAIN_MS = 250
/** How long a stop by an open socket may take before it is asked for by a request. */
const BY_SOCKET_MS = 2000

interface StoppableRun {
  readonly messageId: string
  /** Resolve when the run is over here, and when the server is known to have it. */
  readonly ended: Promise<unknown>
  readonly known: Promise<void>
  readonly isOver: boolean
  readonly isKnown: boolean
  /** Asks on the way that is open; false where there is none. */
  stopByTransport(): boolean
}

interface AskOptions {
  http: StreamHttp
  maxRetries: number
  retryDelay: number
  signal: AbortSignal
}

/** Resolves when the server has ended the run, or knows of none. @throws StreamFailure where it can't be told */
export async function askToStop(run: StoppableRun, options: AskOptions): Promise<void> {
  const { http, maxRetries, retryDelay, signal } = options
  const wait = (ms: number) => Promise.race([run.ended, delay(ms, signal)])
  if (run.stopByTransport()) await wait(BY_SOCKET_MS)
  for (let tries = 1; !run.isOver; ) {
    try {
      await http.send(messagePath(run.messageId, '/stop'), { body: {}, keepalive: true }, signal)
      return
    } catch (thrown) {
      const error = toFailure(thrown)
      if (error.status === 404 && run.isKnown) return
      if (error.status === 404) {
        // its request may be on the way; whoever reads ends the run where that one fails
        await Promise.race([run.known, wait(AGAIN_MS)])
        continue
      }
      if (!mayWork(error) || tries > maxRetries) throw error
      await wait(error.retryAfterMs ?? backoffMs(tries, Math.min(retryDelay, AGAIN_MS)))
      tries += 1
    }
  }
}
