/** Runs whose writer has died, on whatever node: each is taken by exactly one of those who look. */
import { GONE_MS, type RedisClaims } from './redis-claims.ts'
import type { RedisConnections } from './redis-connections.ts'
import type { RedisKeys } from './redis-keys.ts'
import { epochOf, fromRecord } from './redis-records.ts'
import { scripts } from './redis-scripts.ts'
import type { RedisWriterStart } from './redis-writer.ts'

export interface RedisOrphansOptions {
  connections: RedisConnections
  keys: RedisKeys
  claims: RedisClaims
  leaseMs: number
  /** How long a run is known after its end. */
  keepMs: number
  /** Tells all nodes that a run without entries was removed. */
  vanished(runId: string): Promise<void>
}

/** Runs that one look takes at most. */
const TAKEN_AT_ONCE = 100

export class RedisOrphans {
  readonly #options: RedisOrphansOptions

  constructor(options: RedisOrphansOptions) {
    this.#options = options
  }

  /** Takes what is due, but for the runs of which the caller knows that they have a living writer. */
  async take(isAlive: (runId: string) => boolean): Promise<RedisWriterStart[]> {
    const { connections, keys } = this.#options
    const ids = await connections.run(scripts.due, [keys.running], [TAKEN_AT_ONCE])
    const taken: RedisWriterStart[] = []
    for (const runId of Array.isArray(ids) ? ids.map(String) : []) {
      if (isAlive(runId)) continue
      const start = await this.#take(runId)
      if (start) taken.push(start)
    }
    return taken
  }

  async #take(runId: string): Promise<RedisWriterStart | undefined> {
    const { connections, claims, leaseMs, keepMs } = this.#options
    const keys = this.#options.keys.run(runId)
    const leasedAt = performance.now()
    const limits = [leaseMs, keepMs, GONE_MS]
    const reply = await connections.run(scripts.adopt, [keys.record, keys.entries, keys.lease, keys.gone], limits)
    if (!Array.isArray(reply)) return undefined
    const [what, value, lastSeq, tokens, batches] = reply
    switch (what) {
      case 1: {
        void this.#lookAgain(runId, leaseMs)
        const info = fromRecord(runId, value, Number(lastSeq), Number(tokens))
        return { info, keys, epoch: epochOf(value), batches: Number(batches), leasedAt }
      }
      case 2:
        await claims.release(fromRecord(runId, value, 0, 0))
        await this.#options.vanished(runId)
        return undefined
      case 3:
        await this.#lookAgain(runId, Number(value))
        return undefined
      default:
        await connections.run(scripts.unwatch, [this.#options.keys.running], [runId])
        return undefined
    }
  }

  /** The lease is to be looked at after so many milliseconds. Where this fails it is looked at sooner. */
  async #lookAgain(runId: string, ms: number): Promise<void> {
    const { connections, keys, keepMs } = this.#options
    await connections.run(scripts.watch, [keys.running], [ms, keepMs, runId]).catch(() => {})
  }
}
