/** What every way to an answer has in common. `stream-run.ts` goes on where a transport breaks off. */
import type { StreamFailure } from './stream-error.ts'
import type { StreamMethod, StreamToken } from './types.ts'

/** What starts a run, as the endpoints take it. */
export interface StartBody {
  message: string
  message_id: string
  thread_id: string | undefined
  metadata: Record<string, string> | undefined
}

/** What is wanted of a transport: the events of a run from a place on. */
export interface StreamRequest {
  messageId: string
  /** What starts the run; none where one that exists is followed. */
  body: StartBody | undefined
  /** The server is known to have the run: it needs no starting. */
  isKnown: boolean
  /** Seq of the last event that came. */
  after: number
  /** Characters of text that came. */
  characters: number
}

export type RunEvent =
  /** The server has the run. No news of it: time-outs and tries count on. */
  | { type: 'started'; runId?: string; threadId?: string }
  | ({ type: 'token' } & StreamToken)
  | { type: 'complete' }
  | { type: 'cancelled' }
  /** The run has failed. */
  | { type: 'failed'; error: StreamFailure }

/** Reads runs in one way. */
export interface StreamReader {
  /**
   * The events in batches, as they arrive; an empty batch is a sign of life. Finishes behind the event that ends the run;
   * where it finishes before, the connection was cut. Throws `StreamFailure`, and the signal's reason once it is aborted.
   */
  read(request: StreamRequest, signal: AbortSignal): AsyncIterable<readonly RunEvent[]>
  /** Asks for a stop on the way that is open; false where there is none. */
  stop?(messageId: string): boolean
}

/** One way to the events of a run. */
export interface StreamTransport extends StreamReader {
  readonly method: StreamMethod
  /** How long it may be silent, where that isn't the caller's to say; in milliseconds. */
  readonly silenceMs?: number
  /** Loads what it needs, ahead of need. */
  prepare?(): void
}

/** Whether nothing comes behind this event. */
export function endsRun({ type }: RunEvent): boolean {
  return type === 'complete' || type === 'cancelled' || type === 'failed'
}
