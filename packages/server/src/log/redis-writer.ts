/**
 * The writer of one run in Redis: what it appends goes there batch by batch, the next when the last is acknowledged, and
 * each only while the run is still its own. `redis-writers.ts` says when; the run itself is a `LiveRun`.
 */
import type { ChatKitError } from '@millrace/protocol'
import { LiveRun } from './live-run.ts'
import type { RedisBatch } from './redis-batch.ts'
import type { RedisConnections } from './redis-connections.ts'
import type { RunKeys } from './redis-keys.ts'
import { type Pending, pendingOf, shortEnd } from './redis-pending.ts'
import { scripts } from './redis-scripts.ts'
import { notWritten, takenOver } from './refusals.ts'
import type { RunInfo } from './run-log.ts'

export interface RedisWriterSettings {
  connections: RedisConnections
  leaseMs: number
  /** How long entries are kept after the end. */
  retentionMs: number
  /** How long it is remembered that the run was. */
  keepMs: number
  maxRunBytes: number
  now: () => number
  /** There is something to write. */
  schedule(writer: RedisWriter): void
  /** Something could not be written: once more, a little later. */
  retry(writer: RedisWriter): void
  /** This process writes it no more. */
  drop(writer: RedisWriter): void
  abandon(writer: RedisWriter): Promise<void>
}

export interface RedisWriterStart {
  info: RunInfo
  keys: RunKeys
  epoch: string
  /** Stream entries that are there already. */
  batches: number
  /** When its lease was taken, by `performance.now()`. */
  leasedAt: number
}

/** What stays in memory of each run, for readers that follow it and for a Redis that lost the last second. */
const KEEP_BYTES = 8 * 1024

/**
 * `held`: its own. `lost`: another writer has taken over. `gone`: given back or forgotten. `unrecorded`: Redis has lost the
 * run, so nobody will ever take it over. `cut`: Redis has lost entries that are no longer in memory; only an end is still
 * written. `ended`: by this writer. `closed`: the log is.
 */
type Hold = 'held' | 'lost' | 'gone' | 'unrecorded' | 'cut' | 'ended' | 'closed'

export class RedisWriter {
  readonly run: LiveRun
  readonly keys: RunKeys
  readonly epoch: string
  readonly #settings: RedisWriterSettings
  #state: Hold = 'held'
  #batches: number
  #pending: Pending | undefined
  /** What Redis still has of a run that is `cut`. */
  #cut = { lastSeq: 0, tokens: 0 }
  #isWriting = false
  #isRenewing = false
  #isFirstTokenNoted: boolean
  #isFailed = false
  /** When what is known to have renewed the lease was sent. The wall clock besides: the other one stops with the machine. */
  #renewedAt: number
  #renewedWallMs: number
  /** Since when nothing gets through. */
  #troubleSince: number | undefined

  constructor(settings: RedisWriterSettings, { info, keys, epoch, batches, leasedAt }: RedisWriterStart) {
    this.#settings = settings
    this.keys = keys
    this.epoch = epoch
    this.#batches = batches
    this.#isFirstTokenNoted = info.firstTokenAt !== undefined
    this.#renewedAt = leasedAt
    this.#renewedWallMs = Date.now() - (performance.now() - leasedAt)
    this.run = new LiveRun({
      info,
      maxBytes: settings.maxRunBytes,
      now: settings.now,
      schedule: () => settings.schedule(this),
      abandon: () => {
        this.#state = 'gone'
        return settings.abandon(this)
      },
      hold: () => this.#hold(),
    })
  }

  get info(): RunInfo {
    return this.run.info
  }

  get state(): Hold {
    return this.#state
  }

  get #isMine(): boolean {
    return this.#state === 'held' || this.#state === 'cut'
  }

  /** The last entry that readers of other processes may have, though this one waits for the answer. */
  get sentSeq(): number {
    return this.#pending?.lastSeq ?? this.info.lastSeq
  }

  get isIdle(): boolean {
    return this.#pending === undefined && this.run.unpublished().length === 0
  }

  /** Adds what waits, where nothing is under way. */
  write(batch: RedisBatch): void {
    if (this.#isWriting) return
    if (this.#state === 'unrecorded') return this.#refuse(lostData())
    if (this.#state === 'cut') {
      const last = this.run.unpublished().at(-1)?.entries.at(-1)
      if (last && 'end' in last) this.#pending ??= shortEnd(last.end, this.#cut)
      this.#refuse(lostData())
    }
    if (this.#state === 'held') this.#pending ??= pendingOf(this.run.unpublished(), this.info.tokens)
    const pending = this.#pending
    if (!pending) return
    this.#isWriting = true
    const { record, entries, lease } = this.keys
    const { firstTokenAt } = this.info
    if (!this.#isFirstTokenNoted && firstTokenAt !== undefined) {
      batch.add(scripts.firstToken, [record], [firstTokenAt], (error) => {
        if (error) this.#isFirstTokenNoted = false
      })
      this.#isFirstTokenNoted = true
    }
    const done = (error: ChatKitError | undefined, reply: unknown) => {
      this.#isWriting = false
      if (error) this.troubled(error)
      else this.#answered(pending, reply)
    }
    if (!pending.end) {
      batch.add(scripts.append, [lease, entries], [this.epoch, this.#batches, ...pending.rows], done)
      // The first batch makes the stream, which no end may ever give its time to live.
      if (this.#batches === 0 || this.isDue(performance.now(), 6)) this.renew(batch)
      return
    }
    const { retentionMs, keepMs } = this.#settings
    const { end, lastSeq, tokens, rows } = pending
    const last = [JSON.stringify(end), lastSeq, tokens, retentionMs, keepMs]
    batch.add(scripts.finish, [lease, entries, record], [this.epoch, this.#batches, ...last, ...rows], done)
  }

  /** Whether so much of its lease is over: a third, a sixth. */
  isDue(now: number, part: number): boolean {
    return now - this.#renewedAt >= this.#settings.leaseMs / part
  }

  renew(batch: RedisBatch): void {
    if (this.#isRenewing || !this.#isMine) return
    this.#isRenewing = true
    const { lease, record, gone, entries } = this.keys
    const sentAt = performance.now()
    const { leaseMs, keepMs } = this.#settings
    batch.add(scripts.renew, [lease, record, gone, entries], [this.epoch, leaseMs, keepMs], (error, reply) => {
      this.#isRenewing = false
      if (error) this.troubled(error)
      else this.#renewed(reply, sentAt)
    })
  }

  /** Something did not get through. A short while is nobody's business; after a lease the writer is told. */
  troubled(error: ChatKitError): void {
    if (this.#state === 'unrecorded') return this.#refuse(error)
    if (!this.#isMine) return
    const now = performance.now()
    this.#troubleSince ??= now
    if (this.#pending) this.#settings.retry(this)
    const { leaseMs } = this.#settings
    const provenAt = Math.min(this.#renewedAt, this.#pending?.since ?? Number.POSITIVE_INFINITY)
    // A process that wakes up from a long freeze finds its lease stale, and must ask before it gives up.
    if (now - this.#troubleSince >= leaseMs / 2 && now - provenAt > leaseMs) this.#isFailed = true
    if (this.#isFailed) this.run.fail(error)
  }

  /** Readers finish, and nothing is written any more. */
  vanish(): void {
    if (this.#state === 'ended') return
    this.#leave('gone')
    this.run.vanish()
  }

  close(error: ChatKitError): void {
    this.#leave('closed')
    this.run.lose(error)
  }

  #leave(state: Hold): void {
    this.#state = state
    this.#pending = undefined
    this.#settings.drop(this)
  }

  #answered(pending: Pending, reply: unknown): void {
    if (!this.#isMine) return
    if (reply === 1) return this.#written(pending)
    if (Array.isArray(reply)) return this.#reconcile(Number(reply[0]), Number(reply[1]), Number(reply[2]))
    void this.#prove().then(
      () => this.#settings.schedule(this),
      () => {},
    )
  }

  #written({ batches, lastSeq, end }: Pending): void {
    this.#batches += batches
    this.#pending = undefined
    this.#troubleSince = undefined
    if (end) {
      const isWhole = this.#state === 'held'
      this.#leave('ended')
      if (isWhole) this.run.publish(KEEP_BYTES, lastSeq)
      return
    }
    if (lastSeq > this.info.lastSeq) this.run.publish(KEEP_BYTES, lastSeq)
    else this.#settings.schedule(this)
  }

  #renewed(reply: unknown, sentAt: number): void {
    if (!this.#isMine) return
    switch (reply) {
      case 1:
      case 2:
        this.#renewedAt = sentAt
        this.#renewedWallMs = Date.now() - (performance.now() - sentAt)
        if (!this.#pending) this.#troubleSince = undefined
        if (reply === 2 && !this.run.signal.aborted) this.run.stop()
        return
      case 3:
        // Its end got through, the answer did not.
        if (this.#pending?.end) this.#written(this.#pending)
        return
      case -1:
        return this.vanish()
      case -2:
        this.#state = 'unrecorded'
        this.#pending = undefined
        return this.#refuse(lostData())
      default:
        this.#leave('lost')
        this.run.lose(takenOver())
    }
  }

  /** Redis holds other batches than this writer knows of, all of them its own: it wrote more, or lost some. */
  #reconcile(lastSeq: number, tokens: number, batches: number): void {
    this.#batches = batches
    this.#pending = undefined
    if (lastSeq > this.info.lastSeq) this.run.publish(KEEP_BYTES, lastSeq)
    else if (this.run.remembers(lastSeq)) this.#pending = pendingOf(this.run.unpublished(lastSeq), tokens)
    else {
      this.#state = 'cut'
      this.#cut = { lastSeq, tokens }
    }
    this.#settings.schedule(this)
  }

  #refuse(error: ChatKitError): void {
    this.run.fail(error)
    // What is still asked of it is refused as well.
    if (!this.run.isClosed) this.#settings.retry(this)
    else if (this.#state === 'unrecorded') this.#settings.drop(this)
  }

  async #hold(): Promise<void> {
    if (this.#state === 'held') {
      const { leaseMs } = this.#settings
      const ageMs = Math.max(performance.now() - this.#renewedAt, Date.now() - this.#renewedWallMs)
      if (ageMs >= leaseMs / 2) await this.#prove()
    }
    // The two others can't be taken over: nobody knows the run, or it has ended.
    if (!this.#isMine && this.#state !== 'unrecorded' && this.#state !== 'ended') throw takenOver()
  }

  /** Asks Redis whose run it is. @throws ChatKitError `unavailable` where there is no answer */
  async #prove(): Promise<void> {
    const { lease, record, gone, entries } = this.keys
    const { connections, leaseMs, keepMs } = this.#settings
    const sentAt = performance.now()
    try {
      const reply = await connections.run(scripts.renew, [lease, record, gone, entries], [this.epoch, leaseMs, keepMs])
      this.#renewed(reply, sentAt)
    } catch (error) {
      const failure = connections.unavailable(error)
      this.troubled(failure)
      throw failure
    }
  }
}

function lostData(): ChatKitError {
  return notWritten(new Error('Redis has lost what was written to it.'))
}
