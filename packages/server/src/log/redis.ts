/**
 * The run log of any number of processes, in Redis (6.2 or newer) or Valkey. A run is a stream with an entry for each batch; its
 * writer proves by a lease that it lives, and every append proves that the run is still its own.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { LiveReader, type Taken } from './live-reader.ts'
import { MAX_RUN_BYTES } from './live-run.ts'
import { FIRST_EPOCH, RedisClaims } from './redis-claims.ts'
import { RedisConnections, type RedisTrouble } from './redis-connections.ts'
import { RedisKeys } from './redis-keys.ts'
import { RedisOrphans } from './redis-orphans.ts'
import { loadRun, toEnd } from './redis-records.ts'
import type { RemoteRun } from './redis-remote-run.ts'
import { RemoteRuns } from './redis-remote-runs.ts'
import { scripts } from './redis-scripts.ts'
import type { RedisWriter } from './redis-writer.ts'
import { RedisWriters } from './redis-writers.ts'
import { closed, expired, unknownRun, unreadable } from './refusals.ts'
import { FORGET_AFTER_MS, RETENTION_MS, type Retention } from './retention.ts'
import type { RunEnd, RunEntry, RunInfo, RunLog, RunOpening, RunQuery, RunRequest, RunWriter } from './run-log.ts'

export interface RedisRunLogOptions extends Retention, RedisTrouble {
  /** Begins the name of every key and channel. Default `millrace:`. */
  prefix?: string
  /** A writer that is silent for so long, in milliseconds, is taken for dead. Default 10,000. */
  leaseMs?: number
  /**
   * Where Redis was away: how long writers have to come back before their runs are adopted, in milliseconds. Default half
   * a lease.
   */
  settleMs?: number
  /** Bytes that a run may hold. Default 32 MiB. */
  maxRunBytes?: number
}

export class RedisRunLog implements RunLog {
  readonly adoptEveryMs: number
  /** Resolves once Redis can be used; rejects where its version is too old. */
  readonly ready: Promise<void>
  readonly #keys: RedisKeys
  readonly #connections: RedisConnections
  readonly #claims: RedisClaims
  readonly #writers: RedisWriters
  readonly #remote: RemoteRuns
  readonly #orphans: RedisOrphans
  readonly #settleMs: number
  readonly #now: () => number
  #isClosed = false

  /** `target`: a URL, or a connection whose options are used for three connections of the log's own. */
  constructor(
    target: string | Redis,
    {
      prefix = 'millrace:',
      leaseMs = 10_000,
      settleMs = leaseMs / 2,
      retentionMs = RETENTION_MS,
      maxRunBytes = MAX_RUN_BYTES,
      now = Date.now,
      ...trouble
    }: RedisRunLogOptions = {},
  ) {
    this.#keys = new RedisKeys(prefix)
    this.#settleMs = settleMs
    this.#now = now
    this.adoptEveryMs = Math.min(1000, leaseMs / 4)
    const connections = new RedisConnections(target, {
      ...trouble,
      replyMs: replyMs(leaseMs),
      retryMs: this.adoptEveryMs,
    })
    this.#connections = connections
    this.ready = connections.ready
    const shared = { connections, keys: this.#keys, leaseMs, keepMs: retentionMs + FORGET_AFTER_MS }
    this.#claims = new RedisClaims(shared)
    this.#remote = new RemoteRuns({ ...shared, process: randomUUID() })
    const abandon = (writer: RedisWriter) => this.#abandon(writer)
    this.#writers = new RedisWriters({ ...shared, retentionMs, maxRunBytes, now, abandon })
    const vanished = (runId: string) => this.#publish('gone', runId)
    this.#orphans = new RedisOrphans({ ...shared, claims: this.#claims, vanished })
    this.#listen()
  }

  async open(request: RunRequest): Promise<RunOpening> {
    const { runId, threadId, owner, messageId = runId, fingerprint, resumes } = request
    const startedAt = this.#now()
    const info: RunInfo = { runId, threadId, owner, messageId, fingerprint, resumes, startedAt, lastSeq: 0, tokens: 0 }
    const claim = await this.#claims.take(info)
    if (!('leasedAt' in claim)) {
      // What is written here is known better here.
      const existing = { ...(this.#written(claim.existing.runId)?.info ?? claim.existing) }
      return { existing, because: claim.because }
    }
    if (this.#isClosed) throw closed()
    const start = { info, keys: this.#keys.run(runId), epoch: FIRST_EPOCH, batches: 0, leasedAt: claim.leasedAt }
    return { writer: this.#writers.add(start).run, run: { ...info } }
  }

  async #abandon(writer: RedisWriter): Promise<void> {
    this.#writers.drop(writer)
    try {
      await this.#claims.giveBack(writer.info, writer.epoch)
      await this.#publish('gone', writer.info.runId)
    } catch {
      // Redis is away. The run has no entries, so with its lease it is given back all the same.
    }
  }

  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEntry[]> {
    let reader: LiveReader | undefined
    let writer = this.#written(runId)
    let remote: RemoteRun | undefined
    const load = (seen: number) => this.#load(runId, seen)
    return new LiveReader({
      after,
      signal,
      take: (seen) => {
        if (remote) return remote.next(seen)
        if (writer && writer.state !== 'lost') return writer.run.take(seen, load)
        // Another process has taken the run over: its readers here follow it there.
        if (reader) writer?.run.leave(reader)
        writer = undefined
        remote = this.#remote.of(runId)
        if (reader) remote.join(reader)
        return remote.next(seen)
      },
      join: (joining) => {
        reader = joining
        writer?.run.join(joining)
      },
      leave: (leaving) => {
        reader = undefined
        writer?.run.leave(leaving)
        remote?.leave(leaving)
      },
    })
  }

  /** Entries of a run written here that are no longer in memory. */
  async #load(runId: string, after: number): Promise<Taken> {
    const { entries, state } = await this.#remote.load(runId, after)
    if (entries.length > 0) return entries
    if (state === 'expired') throw expired()
    throw unreadable(new Error('Redis has lost what was written to it.'))
  }

  async stop(runId: string): Promise<RunEnd> {
    const writer = this.#written(runId)
    writer?.run.stop()
    let end: unknown
    try {
      end = await this.#connections.run(scripts.stop, [this.#keys.run(runId).record])
    } catch (error) {
      if (!writer) throw error
      // The writer has been told; the flag is for others.
      end = ''
    }
    if (typeof end !== 'string') throw unknownRun()
    if (end !== '') return toEnd(end)
    // Where the message is lost, the writer finds the flag.
    if (!writer) await this.#publish('stop', runId).catch(() => {})
    return this.#ended(runId, writer)
  }

  async #ended(runId: string, writer: RedisWriter | undefined): Promise<RunEnd> {
    if (writer) {
      try {
        return await writer.run.ended()
      } catch (error) {
        if (writer.state !== 'lost') throw error
      }
    }
    const found = await loadRun(this.#connections, this.#keys, runId)
    if (found?.info.end) return found.info.end
    for await (const entries of this.read(runId, found?.info.lastSeq ?? 0, new AbortController().signal)) {
      const last = entries.at(-1)
      if (last && 'end' in last) return last.end
    }
    throw unknownRun()
  }

  async find(by: RunQuery): Promise<RunInfo | 'expired' | undefined> {
    if ('runId' in by) return this.#find(by.runId)
    if ('messageId' in by) {
      const runId = await this.#connections.ask((redis) => redis.get(this.#keys.message(by.messageId, by.owner)))
      return runId === null ? undefined : this.#find(runId)
    }
    // Nearly always the first: those who died while they opened a run are the others.
    for (let index = 0; ; index += 1) {
      const key = this.#keys.thread(by.threadId)
      const [runId] = await this.#connections.ask((redis) => redis.zrevrange(key, index, index))
      if (runId === undefined) return undefined
      const found = await this.#find(runId)
      if (found) return found
    }
  }

  async #find(runId: string): Promise<RunInfo | 'expired' | undefined> {
    const writer = this.#written(runId)
    if (writer) return { ...writer.info, ...(writer.sentSeq > writer.info.lastSeq && { sentSeq: writer.sentSeq }) }
    const found = await loadRun(this.#connections, this.#keys, runId)
    if (!found || found.isOpening) return undefined
    return found.isExpired ? 'expired' : found.info
  }

  /** The writer of a run that is surely written here. */
  #written(runId: string): RedisWriter | undefined {
    const writer = this.#writers.get(runId)
    return writer?.state === 'held' || writer?.state === 'cut' ? writer : undefined
  }

  async adopt(): Promise<{ run: RunInfo; writer: RunWriter }[]> {
    if (!this.#connections.isUsable) throw this.#connections.unusable()
    // Redis was away: its leases ran out although the writers live. They have had no time to renew them.
    if (!this.#connections.isSettled(this.#settleMs)) return []
    // What is written here has a living writer: this process, even where it is too late for its lease.
    const starts = await this.#orphans.take((runId) => this.#written(runId) !== undefined)
    return starts.map((start) => ({ run: { ...start.info }, writer: this.#writers.add(start).run }))
  }

  async forget(threadId: string): Promise<void> {
    const key = this.#keys.thread(threadId)
    for (const runId of await this.#connections.ask((redis) => redis.zrange(key, 0, '-1'))) {
      const found = await loadRun(this.#connections, this.#keys, runId)
      if (found) await this.#claims.remove(found.info)
      this.#vanish(runId)
      await this.#publish('gone', runId)
    }
    await this.#connections.ask((redis) => redis.del(key))
  }

  #vanish(runId: string): void {
    this.#writers.get(runId)?.vanish()
    this.#remote.vanish(runId)
  }

  /** Really writes: what takes no writes can often be read. */
  async check(): Promise<void> {
    await this.#connections.ask((redis) => redis.set(this.#keys.check, '1', 'PX', 1000))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writers.close()
    this.#remote.close()
    this.#connections.close()
  }

  async #publish(what: 'stop' | 'gone', runId: string): Promise<void> {
    await this.#connections.ask((redis) => redis.publish(this.#keys.channel, `${what} ${runId}`))
  }

  /**
   * Messages only hasten: a writer that misses one finds the flag, or that the run is gone, when it renews its lease, and
   * a reader when it has heard nothing for half a lease.
   */
  #listen(): void {
    const { subscriber } = this.#connections
    subscriber.on('ready', () => subscriber.subscribe(this.#keys.channel).catch(() => {}))
    subscriber.on('message', (_channel: string, message: string) => {
      const blank = message.indexOf(' ')
      const runId = message.slice(blank + 1)
      if (message.slice(0, blank) === 'gone') this.#vanish(runId)
      else this.#written(runId)?.run.stop()
    })
  }
}

/** A quarter of a lease; of a short one up to half, since a busy process may be late itself. */
function replyMs(leaseMs: number): number {
  return Math.max(leaseMs / 4, Math.min(1000, leaseMs / 2))
}
