/**
 * The run log of one process, in a SQLite file. What all runs append is written together, in one transaction: at once
 * after silence, then at most every `batchMs`. Readers see it once that transaction is through.
 */
import type { ChatKitError } from '@millrace/protocol'
import type { SqliteFile } from '../store/sqlite-file.ts'
import { LiveRun, MAX_RUN_BYTES } from './live-run.ts'
import { closed, expired, notWritten, takenOver, unknownRun, unreadable } from './refusals.ts'
import { RETENTION_MS, type Retention } from './retention.ts'
import { RunIndex } from './run-index.ts'
import type { RunEnd, RunEntry, RunInfo, RunLog, RunOpening, RunQuery, RunRequest, RunWriter } from './run-log.ts'
import { type Chain, EMPTY_CHAIN, type EntryValues, SqliteEntries } from './sqlite-entries.ts'
import { SqliteRunRows, type StoredRun } from './sqlite-rows.ts'
import { sweepSqlite } from './sqlite-sweep.ts'

export interface SqliteRunLogOptions extends Retention {
  /** Milliseconds between two writes at least. Default 10. */
  batchMs?: number
  /** Bytes that a run may hold. Default 32 MiB. */
  maxRunBytes?: number
}

/** A run that has not ended as far as the file knows. Its row is written with its first entries. */
interface Live {
  run: LiveRun
  info: RunInfo
  number: number
  /** Its entries in the file. */
  chain: Chain
  isStored: boolean
  isFirstTokenStored: boolean
  /** From an earlier process, and nobody has its writer yet. */
  isOrphan: boolean
  /** Ended, but the end could not be written: the thread is free all the same. */
  isReleased: boolean
}

/** What stays in memory of each run, for readers that follow it. Who is further behind reads the file. */
const KEEP_BYTES = 4 * 1024

/** Between two tries while the file can't be written. */
const RETRY_MS = 250

export class SqliteRunLog implements RunLog {
  readonly #file: SqliteFile
  readonly #rows: SqliteRunRows
  readonly #entries: SqliteEntries
  readonly #retentionMs: number
  readonly #now: () => number
  readonly #batchMs: number
  readonly #maxRunBytes: number
  readonly #epoch: number
  #lastNumber: number

  /** Every run that the file does not know as ended: what is found here is newer than what the file has. */
  readonly #live = new RunIndex<Live>()

  /** Runs with something to write, in the order in which they must be written: an end before the next run of its thread. */
  readonly #unwritten = new Set<Live>()
  #isScheduled = false
  #writtenAt = Number.NEGATIVE_INFINITY
  /** Why the last write failed; what it should have written still waits. */
  #trouble: ChatKitError | undefined
  /** Why the log refuses its service: it is closed, or another process has the file. */
  #refusal: (() => ChatKitError) | undefined
  readonly #sweeper: NodeJS.Timeout

  /** The file's tables are there (`runLogMigrations`). Takes over what an earlier process left running. */
  constructor(
    file: SqliteFile,
    { retentionMs = RETENTION_MS, now = Date.now, batchMs = 10, maxRunBytes = MAX_RUN_BYTES }: SqliteRunLogOptions = {},
  ) {
    this.#file = file
    this.#rows = new SqliteRunRows(file)
    this.#entries = new SqliteEntries(file)
    this.#retentionMs = retentionMs
    this.#now = now
    this.#batchMs = batchMs
    this.#maxRunBytes = maxRunBytes
    this.#epoch = this.#rows.claim()
    this.#lastNumber = this.#rows.highestNumber()
    for (const stored of this.#rows.unfinished()) {
      const chain = this.#entries.chainOf(stored.number, stored.firstEntry)
      const live = this.#add(stored.number, { ...stored.info, lastSeq: chain.lastSeq, tokens: chain.tokens }, chain)
      live.isStored = true
      live.isFirstTokenStored = stored.info.firstTokenAt !== undefined
      live.isOrphan = true
    }
    this.#sweeper = sweepSqlite(file, { rows: this.#rows, entries: this.#entries }, { retentionMs, now })
  }

  async open(request: RunRequest): Promise<RunOpening> {
    const { runId, threadId, owner, messageId = runId, fingerprint, resumes } = request
    const same = this.#find({ messageId, owner })
    if (same) {
      if (this.#isExpired(same)) throw expired()
      return { existing: { ...same.info }, because: 'message' }
    }
    const latest = this.#live.find({ threadId })
    if (latest && !latest.isReleased) return { existing: { ...latest.info }, because: 'thread' }
    const startedAt = this.#now()
    const info: RunInfo = { runId, threadId, owner, messageId, fingerprint, resumes, startedAt, lastSeq: 0, tokens: 0 }
    return { writer: this.#add(++this.#lastNumber, info).run, run: { ...info } }
  }

  #add(number: number, info: RunInfo, chain = EMPTY_CHAIN): Live {
    const run = new LiveRun({
      info,
      maxBytes: this.#maxRunBytes,
      now: this.#now,
      schedule: () => this.#schedule(live),
      abandon: () => this.#live.delete(live),
    })
    const live: Live = {
      run,
      info,
      number,
      chain,
      isStored: false,
      isFirstTokenStored: false,
      isOrphan: false,
      isReleased: false,
    }
    this.#live.add(live)
    return live
  }

  #schedule(live: Live): void {
    this.#unwritten.add(live)
    if (this.#isScheduled) return
    this.#isScheduled = true
    const write = () => this.#file.whenFree(() => this.#write())
    const waitMs = this.#writtenAt + this.#batchMs - performance.now()
    if (waitMs > 0) setTimeout(write, Math.ceil(waitMs))
    else setImmediate(write)
  }

  /** Writes what waits, of all runs, in one transaction, and shows it to their readers. */
  #write(): void {
    this.#isScheduled = false
    if (this.#refusal) return
    const written = [...this.#unwritten]
    let chains: Chain[] | undefined
    try {
      chains = this.#file.transaction(() => {
        if (this.#rows.epoch() !== this.#epoch) return undefined
        const values: EntryValues = []
        const longer = written.map((live) => this.#save(live, values))
        this.#entries.insert(values)
        return longer
      })
    } catch (error) {
      this.#fail(written, notWritten(error))
      return
    }
    if (!chains) {
      this.#refuse(takenOver)
      return
    }
    this.#trouble = undefined
    this.#writtenAt = performance.now()
    this.#unwritten.clear()
    let index = 0
    for (const live of written) {
      const { run, info } = live
      live.chain = chains[index++] ?? live.chain
      live.isStored = true
      live.isFirstTokenStored = info.firstTokenAt !== undefined
      run.publish(KEEP_BYTES)
      if (info.end) this.#live.delete(live)
    }
  }

  /**
   * Inside the transaction; what the run remembers changes only when it is through. Returns what its chain is then, and adds
   * to `values` what makes it so.
   */
  #save({ run, info, number, chain, isStored, isFirstTokenStored }: Live, values: EntryValues): Chain {
    let longer = chain
    let last: RunEntry | undefined
    for (const batch of run.unpublished()) {
      longer = this.#entries.append(number, longer, batch, values)
      last = batch.entries.at(-1)
    }
    if (!isStored) this.#rows.add(number, info, longer.firstId)
    else if (!isFirstTokenStored && info.firstTokenAt !== undefined) {
      this.#rows.setFirstToken(number, info.firstTokenAt)
    }
    if (last && 'end' in last) this.#rows.end(number, last, this.#now(), longer.lastId)
    return longer
  }

  /** Nothing was written. It all stays in memory, and is tried again. */
  #fail(runs: Live[], error: ChatKitError): void {
    this.#trouble = error
    if (!this.#isScheduled) {
      this.#isScheduled = true
      setTimeout(() => this.#file.whenFree(() => this.#write()), RETRY_MS)
    }
    for (const live of runs) {
      live.isReleased = live.run.isClosed
      live.run.fail(error)
    }
  }

  #refuse(refusal: () => ChatKitError): void {
    this.#refusal ??= refusal
    clearInterval(this.#sweeper)
    for (const live of this.#live.values()) live.run.lose(refusal())
  }

  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]> {
    const live = this.#live.find({ runId })
    if (live)
      return live.run.read(after, signal, (seq) =>
        this.#ask(() => this.#entries.load(live.number, live.chain.lastId, seq)),
      )
    return this.#readEnded(runId, after, signal)
  }

  async *#readEnded(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]> {
    const stored = this.#find({ runId })
    if (!stored) throw unknownRun()
    if (this.#isExpired(stored)) throw expired()
    while (!signal.aborted) {
      const batch = this.#ask(() => this.#entries.load(stored.number, stored.lastEntry, after))
      const last = batch.at(-1)
      if (!last) return
      yield batch
      after = last.seq
    }
  }

  async stop(runId: string): Promise<RunEnd> {
    const live = this.#live.find({ runId })
    if (live) {
      // An orphan has nobody to ask: whoever adopts it ends it anyway.
      if (live.isOrphan) live.info.stopping = true
      else live.run.stop()
      return live.run.ended()
    }
    const end = this.#find({ runId })?.info.end
    if (!end) throw unknownRun()
    return end
  }

  async find(by: RunQuery): Promise<RunInfo | 'expired' | undefined> {
    const stored = this.#find(by)
    if (!stored) return undefined
    return this.#isExpired(stored) ? 'expired' : { ...stored.info }
  }

  #find(by: RunQuery): Omit<StoredRun, 'firstEntry'> | undefined {
    const live = this.#live.find(by)
    return live
      ? { number: live.number, info: live.info, lastEntry: live.chain.lastId }
      : this.#ask(() => this.#rows.find(by))
  }

  #isExpired({ endedAt }: { endedAt?: number }): boolean {
    return endedAt !== undefined && this.#now() - endedAt >= this.#retentionMs
  }

  async adopt(): Promise<{ run: RunInfo; writer: RunWriter }[]> {
    const adopted: { run: RunInfo; writer: RunWriter }[] = []
    for (const live of this.#live.values()) {
      if (!live.isOrphan) continue
      live.isOrphan = false
      adopted.push({ run: { ...live.info }, writer: live.run })
    }
    return adopted
  }

  async forget(threadId: string): Promise<void> {
    for (const live of this.#live.ofThread(threadId)) {
      this.#live.delete(live)
      this.#unwritten.delete(live)
      live.run.vanish()
    }
    await this.#change(() => {
      for (const { number, firstEntry, lastEntry } of this.#rows.ofThread(threadId)) {
        this.#entries.remove(number, lastEntry ?? this.#entries.chainOf(number, firstEntry).lastId)
        this.#rows.remove(number)
      }
    })
  }

  /** Really writes: what can't be written can often be read. */
  async check(): Promise<void> {
    if (this.#trouble) throw this.#trouble
    await this.#change(() => this.#rows.touch())
    if (this.#ask(() => this.#rows.epoch()) !== this.#epoch) throw takenOver()
  }

  async close(): Promise<void> {
    if (this.#refusal) return
    await new Promise<void>((resolve) => {
      this.#file.whenFree(() => {
        if (this.#unwritten.size > 0) this.#write()
        this.#refuse(closed)
        resolve()
      })
    })
  }

  /** Runs a query; what goes wrong is `unavailable`. */
  #ask<T>(query: () => T): T {
    if (this.#refusal) throw this.#refusal()
    try {
      return query()
    } catch (error) {
      throw unreadable(error)
    }
  }

  #change(job: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#file.whenFree(() => {
        if (this.#refusal) return reject(this.#refusal())
        try {
          resolve(this.#file.transaction(job))
        } catch (error) {
          reject(notWritten(error))
        }
      })
    })
  }
}
