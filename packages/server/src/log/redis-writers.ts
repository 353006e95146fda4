/**
 * All runs that are written by this process: what they append goes to Redis once per turn of the event loop, in one write,
 * and their leases are renewed in time.
 */
import type { RedisBatch } from './redis-batch.ts'
import type { RedisConnections } from './redis-connections.ts'
import type { RedisKeys } from './redis-keys.ts'
import { scripts } from './redis-scripts.ts'
import { RedisWriter, type RedisWriterSettings, type RedisWriterStart } from './redis-writer.ts'
import { closed } from './refusals.ts'

export interface RedisWritersOptions
  extends Pick<RedisWriterSettings, 'leaseMs' | 'retentionMs' | 'keepMs' | 'maxRunBytes' | 'now' | 'abandon'> {
  connections: RedisConnections
  keys: RedisKeys
}

/** Between two tries where Redis answers, but does not take what is written. */
const RETRY_MS = 200

/** How long closing waits for what is under way. */
const CLOSE_MS = 1000

/** Run ids in one command at most. */
const IDS_AT_ONCE = 1000

export class RedisWriters {
  readonly #options: RedisWritersOptions
  readonly #settings: RedisWriterSettings
  readonly #writers = new Map<string, RedisWriter>()
  readonly #due = new Set<RedisWriter>()
  /** To leave the list of running runs. */
  #ended: string[] = []
  #isScheduled = false
  #retryTimer: NodeJS.Timeout | undefined
  readonly #pulse: NodeJS.Timeout
  #watchedAt = Number.NEGATIVE_INFINITY

  constructor(options: RedisWritersOptions) {
    this.#options = options
    this.#settings = {
      ...options,
      schedule: (writer) => this.#schedule(writer),
      retry: (writer) => this.#retry(writer),
      drop: (writer) => this.drop(writer),
    }
    this.#pulse = setInterval(() => this.#renew(), options.leaseMs / 6).unref()
    options.connections.onUsable(() => {
      for (const writer of this.#writers.values()) this.#due.add(writer)
      this.#flush()
      this.#renew(true)
    })
  }

  add(start: RedisWriterStart): RedisWriter {
    const writer = new RedisWriter(this.#settings, start)
    this.#writers.set(start.info.runId, writer)
    return writer
  }

  get(runId: string): RedisWriter | undefined {
    return this.#writers.get(runId)
  }

  /** Writes what can be written, and leaves the rest to whoever adopts it, at once. */
  async close(): Promise<void> {
    const { connections, keys } = this.#options
    this.#flush()
    const deadline = performance.now() + CLOSE_MS
    const isBusy = () => [...this.#writers.values()].some((writer) => writer.state === 'held' && !writer.isIdle)
    while (connections.isUsable && isBusy() && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    clearInterval(this.#pulse)
    clearTimeout(this.#retryTimer)
    const batch = connections.isUsable ? connections.batch() : undefined
    const left = [...this.#writers.values()]
    for (const {
      keys: { lease },
      epoch,
    } of left)
      batch?.add(scripts.resign, [lease], [epoch], () => {})
    const ids = left.map(({ info }) => info.runId)
    if (batch && ids.length > 0) batch.add(scripts.watch, [keys.running], [0, this.#options.keepMs, ...ids], () => {})
    const sent = batch?.send()
    for (const writer of left) writer.close(closed())
    await sent
  }

  #schedule(writer: RedisWriter): void {
    this.#due.add(writer)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#flush())
  }

  #retry(writer: RedisWriter): void {
    this.#due.add(writer)
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined
      this.#flush()
    }, RETRY_MS)
  }

  /** It writes no more. */
  drop(writer: RedisWriter): void {
    const { runId } = writer.info
    this.#due.delete(writer)
    if (this.#writers.get(runId) !== writer) return
    this.#writers.delete(runId)
    if (writer.state === 'ended') this.#ended.push(runId)
    if (this.#ended.length === 1 && !this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => this.#flush())
    }
  }

  #flush(): void {
    this.#isScheduled = false
    const { connections, keys } = this.#options
    const due = [...this.#due]
    this.#due.clear()
    if (!connections.isUsable) {
      // They are all asked again as soon as Redis is back.
      for (const writer of due) writer.troubled(connections.unusable())
      return
    }
    const batch = connections.batch()
    for (const writer of due) writer.write(batch)
    // Not before the end is acknowledged: a writer that was shut out would hide another's run from those who adopt.
    if (this.#ended.length > 0) batch.add(scripts.unwatch, [keys.running], this.#ended.splice(0, IDS_AT_ONCE), () => {})
    void batch.send()
  }

  /** Every sixth of a lease: whose lease is old is renewed; `isAll` where Redis was away and may have lost them. */
  #renew(isAll = false): void {
    if (this.#writers.size === 0) return
    const { connections, leaseMs } = this.#options
    const now = performance.now()
    if (!connections.isUsable) {
      for (const writer of this.#writers.values()) writer.troubled(connections.unusable())
      return
    }
    const batch = connections.batch()
    for (const writer of this.#writers.values()) if (isAll || writer.isDue(now, 3)) writer.renew(batch)
    if (now - this.#watchedAt >= leaseMs / 3) this.#watch(batch, now)
    void batch.send()
  }

  /** Others need not look at these runs before their leases are over. */
  #watch(batch: RedisBatch, now: number): void {
    const { keys, leaseMs, keepMs } = this.#options
    this.#watchedAt = now
    const ids = [...this.#writers.values()].filter(({ state }) => state === 'held').map(({ info }) => info.runId)
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const some = ids.slice(start, start + IDS_AT_ONCE)
      batch.add(scripts.watch, [keys.running], [leaseMs, keepMs, ...some], () => {})
    }
  }
}
