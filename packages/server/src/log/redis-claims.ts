/**
 * Who gets a run: the claims on its message id and its thread. Both name a run and mean nothing without it: a claim whose run
 * is no more, or a thread whose run has ended, is free, so whoever dies between two steps leaves nothing stuck, and the end
 * of a run frees its thread in the very moment in which it can be seen.
 */
import type { RedisConnections } from './redis-connections.ts'
import type { RedisKeys } from './redis-keys.ts'
import { loadRun, type StoredRun, toRecord } from './redis-records.ts'
import { scripts } from './redis-scripts.ts'
import { expired, notWritten } from './refusals.ts'
import type { RunInfo } from './run-log.ts'

export interface RedisClaimsOptions {
  connections: RedisConnections
  keys: RedisKeys
  leaseMs: number
  /** How long a run is known after its end. */
  keepMs: number
}

export type Claim = { leasedAt: number } | { existing: RunInfo; because: 'message' | 'thread' }

/** What every process calls the writer that opens a run. */
export const FIRST_EPOCH = '1'

/** A claim may outlive its run, but not the other way round. */
const CLAIM_MS = 60 * 60 * 1000

/** How long it is remembered that a run was taken away on purpose. */
export const GONE_MS = 60 * 60 * 1000

/** Between two looks at a run that is being opened. */
const OPENING_MS = 10

export class RedisClaims {
  readonly #options: RedisClaimsOptions

  constructor(options: RedisClaimsOptions) {
    this.#options = options
  }

  /**
   * Makes the run and takes both claims for it, the message id first: a repeat in a busy thread is a repeat.
   * @throws ChatKitError `expired`, `unavailable`
   */
  async take(info: RunInfo): Promise<Claim> {
    try {
      const claim = await this.#take(info)
      if (!('leasedAt' in claim)) await this.giveBack(info)
      return claim
    } catch (error) {
      // Where Redis is away its lease gives it back.
      void this.giveBack(info).catch(() => {})
      throw error
    }
  }

  async #take(info: RunInfo): Promise<Claim> {
    await this.#create(info)
    const sameMessage = await this.#claimMessage(info)
    if (sameMessage) {
      if (sameMessage.isExpired) throw expired()
      return { existing: sameMessage.info, because: 'message' }
    }
    const inThread = await this.#claimThread(info)
    if (inThread) return { existing: inThread.info, because: 'thread' }
    const { connections, keys, leaseMs } = this.#options
    const { record, lease } = keys.run(info.runId)
    const leasedAt = performance.now()
    // Somebody may have taken it for dead, had all this taken longer than a lease.
    if ((await connections.run(scripts.opened, [record, lease], [leaseMs])) !== 1) {
      throw notWritten(new Error('Opening the run took longer than its lease.'))
    }
    return { leasedAt }
  }

  async #create(info: RunInfo): Promise<void> {
    const { connections, keys, leaseMs, keepMs } = this.#options
    const { record, lease } = keys.run(info.runId)
    const batch = connections.batch()
    const created = new Promise<void>((resolve, reject) => {
      // Who looks for dead writers finds the run from its first moment on.
      batch.add(
        scripts.watch,
        [keys.running],
        [leaseMs, keepMs + CLAIM_MS, info.runId],
        (error) => error && reject(error),
      )
      batch.add(scripts.create, [record, lease], [leaseMs, keepMs, ...toRecord(info)], (error) =>
        error ? reject(error) : resolve(),
      )
    })
    if (!connections.isUsable) throw connections.unusable()
    void batch.send()
    await created
  }

  async #claimMessage({ runId, messageId, owner }: RunInfo): Promise<StoredRun | undefined> {
    const { connections, keys, keepMs } = this.#options
    const key = keys.message(messageId, owner)
    for (let known = ''; ; ) {
      const holder = await connections.run(scripts.claimMessage, [key], [runId, known, keepMs + CLAIM_MS])
      if (typeof holder !== 'string') return undefined
      const run = await this.#settled(holder)
      if (run) return run
      known = holder
    }
  }

  async #claimThread({ runId, threadId }: RunInfo): Promise<StoredRun | undefined> {
    const { connections, keys, keepMs } = this.#options
    for (let known = ''; ; ) {
      const latest = await connections.run(
        scripts.claimThread,
        [keys.thread(threadId)],
        [runId, known, keepMs + CLAIM_MS],
      )
      if (typeof latest !== 'string') return undefined
      const run = await loadRun(connections, keys, latest)
      const isDead = run?.isOpening && !run.hasLease
      if (run && !run.info.end && !isDead) return run
      known = latest
    }
  }

  /** That run, once it has all its claims; nothing where it is no more or never will. */
  async #settled(runId: string): Promise<StoredRun | undefined> {
    const { connections, keys } = this.#options
    for (;;) {
      const run = await loadRun(connections, keys, runId)
      if (!run?.isOpening) return run
      if (!run.hasLease) return undefined
      await new Promise((resolve) => setTimeout(resolve, OPENING_MS))
    }
  }

  /** Removes a run that has no entries, with its claims; `epoch`: of the writer that gives it back. */
  async giveBack(info: RunInfo, epoch = FIRST_EPOCH): Promise<void> {
    const { connections, keys } = this.#options
    const { record, entries, lease, gone } = keys.run(info.runId)
    await connections.run(scripts.remove, [record, entries, lease, gone], [GONE_MS, epoch])
    await this.release(info)
  }

  /** Takes a run away, whatever became of it. */
  async remove(info: RunInfo): Promise<void> {
    const { connections, keys } = this.#options
    const { record, entries, lease, gone } = keys.run(info.runId)
    await connections.run(scripts.remove, [record, entries, lease, gone], [GONE_MS])
    await this.release(info)
  }

  /** Forgets the claims of a run that is no more. Only tidiness: they are free already. */
  async release({ runId, threadId, messageId, owner }: RunInfo): Promise<void> {
    const { connections, keys } = this.#options
    await connections.run(scripts.releaseMessage, [keys.message(messageId, owner)], [runId])
    await connections.ask((redis) => redis.zrem(keys.thread(threadId), runId))
    await connections.ask((redis) => redis.zrem(keys.running, runId))
  }
}
