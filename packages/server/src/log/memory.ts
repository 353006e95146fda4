/** A run log in memory: for trying things out and for tests. It lives as long as its process. */
import type { ChatKitError } from '@millrace/protocol'
import { LiveRun, MAX_RUN_BYTES } from './live-run.ts'
import { closed, expired, unknownRun } from './refusals.ts'
import { FORGET_AFTER_MS, RETENTION_MS, type Retention, sweepIntervalMs } from './retention.ts'
import { RunIndex } from './run-index.ts'
import type { RunEnd, RunEntry, RunInfo, RunLog, RunOpening, RunQuery, RunRequest } from './run-log.ts'

export interface MemoryRunLogOptions extends Retention {
  /** Bytes that a run may hold. Default 32 MiB. */
  maxRunBytes?: number
}

interface Kept {
  info: RunInfo
  /** Absent once its entries are gone. */
  run?: LiveRun
  endedAt?: number
}

export class MemoryRunLog implements RunLog {
  readonly #retentionMs: number
  readonly #now: () => number
  readonly #maxRunBytes: number
  readonly #runs = new RunIndex<Kept>()
  /** Ended runs in the order of their ends: the first are the first to go. */
  readonly #ended = new Set<Kept>()
  /** Runs with entries that readers have not been told of. */
  #unpublished: Kept[] = []
  readonly #sweeper: NodeJS.Timeout
  #isClosed = false

  constructor({ retentionMs = RETENTION_MS, now = Date.now, maxRunBytes = MAX_RUN_BYTES }: MemoryRunLogOptions = {}) {
    this.#retentionMs = retentionMs
    this.#now = now
    this.#maxRunBytes = maxRunBytes
    this.#sweeper = setInterval(() => this.#sweep(), sweepIntervalMs(retentionMs)).unref()
  }

  async open(request: RunRequest): Promise<RunOpening> {
    if (this.#isClosed) throw closed()
    const { runId, threadId, owner, messageId = runId, fingerprint, resumes } = request
    const same = this.#runs.find({ messageId, owner })
    if (same) {
      if (this.#isExpired(same)) throw expired()
      return { existing: { ...same.info }, because: 'message' }
    }
    const latest = this.#runs.find({ threadId })
    if (latest && !latest.info.end) return { existing: { ...latest.info }, because: 'thread' }

    const startedAt = this.#now()
    const info: RunInfo = { runId, threadId, owner, messageId, fingerprint, resumes, startedAt, lastSeq: 0, tokens: 0 }
    const kept: Kept = { info }
    const run = new LiveRun({
      info,
      maxBytes: this.#maxRunBytes,
      now: this.#now,
      schedule: () => this.#schedule(kept),
      abandon: () => this.#runs.delete(kept),
    })
    kept.run = run
    this.#runs.add(kept)
    return { writer: run, run: { ...info } }
  }

  /**
   * Readers are told when the burst of work that is under way has run dry: whoever appends token after token without a
   * wait is read in one batch. Waiting for the loop's next turn instead would cost every paced token a wake-up more.
   */
  #schedule(kept: Kept): void {
    if (this.#unpublished.push(kept) === 1) process.nextTick(() => this.#publish())
  }

  #publish(): void {
    const runs = this.#unpublished
    this.#unpublished = []
    for (const kept of runs) {
      if (!this.#runs.has(kept)) continue
      kept.run?.publish(Number.POSITIVE_INFINITY)
      if (!kept.info.end) continue
      kept.endedAt = this.#now()
      this.#ended.add(kept)
    }
  }

  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]> {
    const kept = this.#runs.find({ runId })
    if (!kept) return nothing(unknownRun())
    if (!kept.run || this.#isExpired(kept)) return nothing(expired())
    return kept.run.read(after, signal, () => [])
  }

  async stop(runId: string): Promise<RunEnd> {
    const kept = this.#runs.find({ runId })
    if (!kept) throw unknownRun()
    if (kept.info.end) return kept.info.end
    if (!kept.run) throw expired()
    kept.run.stop()
    return kept.run.ended()
  }

  async find(by: RunQuery): Promise<RunInfo | 'expired' | undefined> {
    const kept = this.#runs.find(by)
    if (!kept) return undefined
    return this.#isExpired(kept) ? 'expired' : { ...kept.info }
  }

  /** Every writer lives in this process, which is what it takes to ask. */
  async adopt(): Promise<[]> {
    return []
  }

  async forget(threadId: string): Promise<void> {
    for (const kept of this.#runs.ofThread(threadId)) this.#remove(kept)
  }

  async check(): Promise<void> {
    if (this.#isClosed) throw closed()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    for (const { run, info } of this.#runs.values()) if (!info.end) run?.lose(closed())
  }

  #isExpired({ endedAt }: Kept): boolean {
    return endedAt !== undefined && this.#now() - endedAt >= this.#retentionMs
  }

  #sweep(): void {
    for (const kept of this.#ended) {
      if (!this.#isExpired(kept)) return
      delete kept.run
      if (this.#now() - (kept.endedAt ?? 0) >= this.#retentionMs + FORGET_AFTER_MS) this.#remove(kept)
    }
  }

  #remove(kept: Kept): void {
    this.#runs.delete(kept)
    this.#ended.delete(kept)
    if (!kept.info.end) kept.run?.vanish()
  }
}

/** A reading that fails at its first step, as one that is under way does. */
function nothing(because: ChatKitError): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(because) }) }
}
