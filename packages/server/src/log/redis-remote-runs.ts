/**
 * Runs that are read here and written elsewhere. One blocking connection follows all of them; what it brings is kept for a
 * moment, for all readers of a run together. Who is further behind reads the stream itself, batch by batch.
 */
import type { Redis } from 'ioredis'
import { BLOCK_MS, type RedisConnections } from './redis-connections.ts'
import type { RedisKeys } from './redis-keys.ts'
import { type History, loadHistory } from './redis-records.ts'
import { RemoteRun } from './redis-remote-run.ts'
import { closed, unreadable } from './refusals.ts'

export interface RemoteRunsOptions {
  connections: RedisConnections
  keys: RedisKeys
  leaseMs: number
  /** Names this process. */
  process: string
}

/** Batches of one run that one answer brings at most. */
const BATCHES_AT_ONCE = 4

/** Runs that are asked for in one call without a pause: more of them are asked for less often, and bring more each time. */
const RUNS_WITHOUT_PAUSE = 200

const MAX_PAUSE_MS = 5

/** While the connection is away. */
const RETRY_MS = 25

/** The stream on which this process wakes itself is gone after so long without use. */
const WAKE_KEPT_MS = 60 * 60 * 1000

type StreamReply = [key: string, entries: [id: string, fields: string[]][]][] | null

export class RemoteRuns {
  readonly #options: RemoteRunsOptions
  readonly #runs = new Map<string, RemoteRun>()
  /** Those whose readers have seen all there was, by the key of their stream. */
  readonly #followed = new Map<string, RemoteRun>()
  readonly #wakeKey: string
  #wakeId = '0'
  #isFollowing = false
  #isBlocked = false
  #isWoken = false
  #isClosed = false
  #checkedAt = performance.now()

  constructor(options: RemoteRunsOptions) {
    this.#options = options
    this.#wakeKey = options.keys.wake(options.process)
  }

  /** The run as its readers here share it. */
  of(runId: string): RemoteRun {
    const known = this.#runs.get(runId)
    if (known) return known
    const run = new RemoteRun(runId, {
      load: (after) => this.load(runId, after),
      follow: () => this.#follow(run),
      forget: () => this.#forget(run),
    })
    this.#runs.set(runId, run)
    return run
  }

  /**
   * What stands in the log after a seq. A connection that breaks and comes back within a lease is waited for.
   * @throws ChatKitError `unavailable`
   */
  async load(runId: string, after: number): Promise<History> {
    const { connections, keys, leaseMs } = this.#options
    for (let tries = 3; ; tries -= 1) {
      try {
        return await loadHistory(connections, keys, runId, after)
      } catch (error) {
        const leftMs = leaseMs - connections.downMs
        if (this.#isClosed || tries === 0 || leftMs <= 0) throw error
        await connections.usableWithin(leftMs)
        if (!connections.isUsable) throw error
      }
    }
  }

  /** The run was given back or forgotten. */
  vanish(runId: string): void {
    const run = this.#runs.get(runId)
    if (!run) return
    this.#forget(run)
    run.vanish()
  }

  close(): void {
    this.#isClosed = true
    this.#failAll(closed())
  }

  #forget(run: RemoteRun): void {
    if (this.#runs.get(run.runId) === run) this.#runs.delete(run.runId)
    this.#unfollow(run)
  }

  #unfollow(run: RemoteRun): void {
    const key = this.#options.keys.run(run.runId).entries
    if (this.#followed.get(key) === run) this.#followed.delete(key)
  }

  #follow(run: RemoteRun): void {
    this.#followed.set(this.#options.keys.run(run.runId).entries, run)
    if (!this.#isFollowing) void this.#readOn()
    else if (this.#isBlocked && !this.#isWoken) this.#wake()
  }

  /** The blocking read returns, and is asked again for more runs. Where this fails it returns by itself, a little later. */
  #wake(): void {
    this.#isWoken = true
    const { commands } = this.#options.connections
    const pipeline = commands.pipeline()
    pipeline.xadd(this.#wakeKey, 'MAXLEN', 1, '*', 'w', '')
    pipeline.pexpire(this.#wakeKey, WAKE_KEPT_MS)
    pipeline.exec().catch(() => {})
  }

  async #readOn(): Promise<void> {
    this.#isFollowing = true
    const { connections, leaseMs } = this.#options
    let heardAt = performance.now()
    while (this.#followed.size > 0 && !this.#isClosed) {
      try {
        this.#take(await this.#block(connections.blocking))
        heardAt = performance.now()
        await this.#check()
        await pause(this.#followed.size)
      } catch (error) {
        if (performance.now() - heardAt > leaseMs + BLOCK_MS) this.#failAll(unreadable(error))
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    this.#isFollowing = false
  }

  async #block(connection: Redis): Promise<StreamReply> {
    const keys = [this.#wakeKey]
    const ids = [this.#wakeId]
    for (const [key, run] of this.#followed) {
      keys.push(key)
      ids.push(`${run.lastSeq}-0`)
    }
    this.#isBlocked = true
    this.#isWoken = false
    try {
      return await connection.xread('COUNT', BATCHES_AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids)
    } catch (error) {
      // The library's own error carries the command with all its arguments.
      throw new Error(error instanceof Error ? error.message : String(error))
    } finally {
      this.#isBlocked = false
    }
  }

  #take(reply: StreamReply): void {
    for (const [key, entries] of reply ?? []) {
      if (key === this.#wakeKey) {
        this.#wakeId = entries.at(-1)?.[0] ?? this.#wakeId
        continue
      }
      const run = this.#followed.get(key)
      if (!run) continue
      run.take(entries)
      if (run.isOver) this.#unfollow(run)
    }
  }

  /** A run that is silent for long may be no more: Redis has lost it, or the message that told of its end. */
  async #check(): Promise<void> {
    const { leaseMs } = this.#options
    const now = performance.now()
    if (now - this.#checkedAt < leaseMs / 4) return
    this.#checkedAt = now
    const silent = [...this.#followed.values()].filter((run) => now - run.heardAt >= leaseMs / 2)
    for (const run of silent) run.heardAt = now
    await Promise.all(silent.map(async (run) => run.compare(await this.load(run.runId, run.lastSeq))))
  }

  #failAll(error: Error): void {
    for (const run of [...this.#runs.values()]) {
      this.#forget(run)
      run.fail(error)
    }
  }
}

/** One turn of the event loop, so that runs which come together are asked for together; some milliseconds for very many. */
function pause(runs: number): Promise<void> {
  const ms = Math.min(Math.floor(runs / RUNS_WITHOUT_PAUSE), MAX_PAUSE_MS)
  return new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms)
    else setImmediate(resolve)
  })
}
