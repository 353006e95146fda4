/** The run log of several processes, in Redis. Needs the package `ioredis`. */
import type { Redis } from 'ioredis'
import { RedisRunLog, type RedisRunLogOptions } from './log/redis.ts'
import type { RunLog } from './log/run-log.ts'

export interface RedisLog {
  readonly log: RunLog
  /** Resolves once Redis can be used; rejects where its version is too old, or when the log is closed before. */
  readonly ready: Promise<void>
  /** Runs that have not ended are adopted by another process, or at the next start. */
  close(): Promise<void>
}

/**
 * Opens a run log in Redis 6.2 or newer, or in Valkey. It does not wait for the server: where that can't be reached, `onTrouble` is
 * told, connecting is tried again and again, and every call answers `unavailable` meanwhile.
 * @param target `redis://…` or `rediss://…`, or an ioredis connection whose options the log's own connections share.
 * @example
 * const { log, ready } = openRedis('redis://localhost:6379', { onTrouble: (error) => console.error(error.message) })
 */
export function openRedis(target: string | Redis, options: RedisRunLogOptions = {}): RedisLog {
  const log = new RedisRunLog(target, options)
  return { log, ready: log.ready, close: () => log.close() }
}

export type { RedisRunLogOptions } from './log/redis.ts'
export type { RedisTrouble } from './log/redis-connections.ts'
