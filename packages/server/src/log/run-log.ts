/**
 * The append-only log of runs: what every answer is written to and what every connection reads.
 * It knows nothing of ChatKit; payloads are the encoded SSE data strings.
 */

/** How a run ended: by itself, asked to stop, by an error, or because its producer died. */
export type RunOutcome = 'completed' | 'stopped' | 'failed' | 'interrupted'

/** The cause of an end that was not `completed`; codes are those of the error table in the streaming contract. */
export interface RunError {
  code: string
  /** What a person reads; contains nothing internal. */
  message: string
  /** Whether trying again may help. */
  recoverable: boolean
}

export interface RunEnd {
  outcome: RunOutcome
  error?: RunError
}

/** One entry of a run. Seqs are 1, 2, 3 … without a gap; the end is the last entry. */
export type RunEntry = {
  seq: number
  /** Text deltas appended up to and including this entry. */
  tokens: number
} & (
  | {
      data: string
      /** Shown only to clients that can resume; the official client never sees it. */
      ours?: true
    }
  | { end: RunEnd }
)

export interface RunInfo {
  runId: string
  threadId: string
  owner: string
  /** The client's name for the run; equals `runId` where none was given. */
  messageId: string
  /** Hash of the request: tells a repeat from a conflict. */
  fingerprint: string
  /** Whether the client that started the run can resume it; if not, its leaving stops the run. */
  resumes: boolean
  /** Milliseconds since the epoch. */
  startedAt: number
  firstTokenAt?: number
  lastSeq: number
  /** Readers elsewhere may be as far as this already: it is written, and not known to be durable yet. Absent: `lastSeq`. */
  sentSeq?: number
  /** Text deltas up to `lastSeq`. */
  tokens: number
  /** Somebody asked it to stop and its end is not there yet. */
  stopping?: true
  /** Set once the run has ended. */
  end?: RunEnd
}

export interface RunRequest {
  runId: string
  threadId: string
  owner: string
  messageId?: string
  fingerprint: string
  resumes: boolean
}

export type RunOpening = { writer: RunWriter; run: RunInfo } | { existing: RunInfo; because: 'message' | 'thread' }

export type RunQuery = { runId: string } | { threadId: string } | { messageId: string; owner: string }

export interface RunLog {
  /**
   * How often `adopt` should be asked, in milliseconds, where the writers of other processes may die while this one lives.
   * Absent: at the start, once.
   */
  readonly adoptEveryMs?: number
  /**
   * Claims message id and thread and opens the run. On any number of nodes exactly one caller gets the writer;
   * the others learn why not: they join it (`message`) or report a conflict (`thread`: a run is active there).
   * Throws `expired` for a message id whose run is no longer kept: nothing runs twice by a late repeat.
   */
  open(run: RunRequest): Promise<RunOpening>
  /**
   * Entries after seq `after`, then new ones as they come, to the end inclusive; whatever is there now is one batch,
   * at most 256 KiB (a larger entry comes alone). An abort finishes quietly. Nothing after the end: finishes at once.
   * So does a run that is given back or forgotten meanwhile. Entries are shared: they are not to be changed. Throws `not_found` for an unknown run, `expired` for
   * one whose entries are gone, `unavailable` where the log could not be written and the end can't be seen before it can.
   */
  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]>
  /**
   * Aborts the writer's signal wherever the writer runs; resolves with the end once the log holds it.
   * An ended run answers with its end, also an expired one, and changes nothing. Throws `not_found` for an unknown run.
   */
  stop(runId: string): Promise<RunEnd>
  /** The run of that id; of a thread its latest. `expired`: it was, but its entries are gone. */
  find(by: RunQuery): Promise<RunInfo | 'expired' | undefined>
  /**
   * Runs without a living writer, each handed to exactly one caller, with a writer that shuts the old one out.
   * A run that died before its first entry is none of them: it is removed, and its message id is free again.
   */
  adopt(): Promise<{ run: RunInfo; writer: RunWriter }[]>
  /** Forgets every run of a deleted thread. */
  forget(threadId: string): Promise<void>
  /** Throws what is wrong with the log. */
  check(): Promise<void>
  close(): Promise<void>
}

/**
 * Why a writer's signal was aborted. `stopped` (asked to) and `too_long` (the run holds all it may) are requests: the
 * writer may still append what closes the answer, and ends the run. `unavailable`: the log can't be written; what is
 * appended waits in memory, `flush` and `end` reject, and it reaches the log if that can be written again. `lost`: another
 * writer took over, or the run was forgotten; nothing more is appended.
 */
export type WriterLoss = 'stopped' | 'lost' | 'unavailable' | 'too_long'

export interface RunWriter {
  /**
   * Synchronous and cheap: entries reach the log in batches. `data` is one line, without a line feed. Nothing is appended
   * after the end or after `lost`. The entry that would take the run past 32 MiB is not appended and aborts the signal as
   * `too_long`; from then on tokens are dropped, and the rest may take as much again.
   */
  append(data: string, kind?: 'token' | 'ours'): void
  /** Resolves when all that was appended is durable; rejects with `unavailable` when it can't be. */
  flush(): Promise<void>
  /**
   * Flushes and ends the run; the thread is free no later than the end is visible. Ending twice changes nothing.
   * Rejects with `unavailable` when the end can't be made durable, or the run is another writer's by now.
   */
  end(end: RunEnd): Promise<void>
  /**
   * Gives an opened run back to which nothing was appended (the request turned out to be impossible): as if it had never
   * been, its message id and thread are free.
   */
  abandon(): Promise<void>
  /**
   * Resolves while the run is surely this writer's: at once where its proof of life is fresh, else after another proof. What
   * is to be saved elsewhere in the run's name asks first, so that a process which was frozen past its lease saves nothing.
   * Rejects with `unavailable` once the run is another writer's, or when that can't be found out.
   */
  hold(): Promise<void>
  /** Bytes appended and not yet durable. */
  readonly waitingBytes: number
  /** Aborted with a {@link WriterLoss} as its reason. */
  readonly signal: AbortSignal
}
