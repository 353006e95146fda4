/** How requests reach a ChatKit server. `httpTransport` is the plain one, `resuming` wraps any of them. */
import type {
  NonStreamingReq,
  RunEndedEvent,
  RunsResumeReq,
  RunsStopReq,
  StreamingReq,
  ThreadStreamEvent,
} from '@millrace/protocol'

/** A request as a client sends it: `metadata` may be left out. */
type Sent<Req> = Req extends unknown ? Omit<Req, 'metadata'> & { metadata?: Record<string, unknown> } : never
/** A request that is answered by JSON. */
export type JsonRequest = Sent<NonStreamingReq | RunsStopReq>
/** A request that is answered by the events of a run. */
export type RunRequest = Sent<StreamingReq | RunsResumeReq>

/** One event of a run and its number in the run's log; a server without a run log (OpenAI's) sends no numbers. */
export interface SequencedEvent {
  seq: number | undefined
  event: ThreadStreamEvent | RunEndedEvent
}

/** The events of one streaming answer, read once. Leaving the loop closes the connection. */
export interface EventStream extends AsyncIterable<SequencedEvent> {
  /** The run that is read (header `x-run-id`); absent on servers without runs. */
  readonly runId?: string
  /** Header `x-run-status` of `runs.resume`: `running`, or the outcome of a run that had ended already. */
  readonly status?: string
}

export type Connection = 'online' | 'reconnecting' | 'offline'

export interface StreamRequestOptions {
  /** Aborting closes the connection; the stream then throws the signal's reason. */
  signal: AbortSignal
  /** The client's name for the run (`Idempotency-Key`): sent again with the same name, a request never runs twice. */
  messageId?: string
  /** Told when the connection is lost and when it is there again. */
  onConnection?: (connection: Connection) => void
}

/** Whoever waits for more than `signal` allows gets its reason thrown; all other failures are `ChatKitError`s. */
export interface Transport {
  request(req: JsonRequest, signal?: AbortSignal): Promise<unknown>
  /** Opens the stream of a run; `undefined` where there is none to resume (204). */
  stream(req: RunRequest, options: StreamRequestOptions): Promise<EventStream | undefined>
}
