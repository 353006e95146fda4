/** Scripts that are sent to Redis in one write. */
import type { ChatKitError } from '@millrace/protocol'
import type { RedisConnections } from './redis-connections.ts'
import { isScriptMissing, type RedisScript } from './redis-scripts.ts'

interface Job {
  script: RedisScript
  keys: readonly string[]
  args: readonly (string | number)[]
  done: (error: ChatKitError | undefined, reply: unknown) => void
}

/** Each tells whoever asked what came of it. */
export class RedisBatch {
  readonly #connections: RedisConnections
  readonly #jobs: Job[] = []

  constructor(connections: RedisConnections) {
    this.#connections = connections
  }

  add(script: RedisScript, keys: readonly string[], args: readonly (string | number)[], done: Job['done']): void {
    this.#jobs.push({ script, keys, args, done })
  }

  /** Resolves when everybody has been told. */
  async send(): Promise<void> {
    if (this.#jobs.length > 0) await this.#send(this.#jobs, true)
  }

  async #send(jobs: readonly Job[], isFirstTry: boolean): Promise<void> {
    const connections = this.#connections
    const pipeline = connections.commands.pipeline()
    for (const { script, keys, args } of jobs) pipeline.evalsha(script.sha, keys.length, ...keys, ...args)
    const results = await pipeline.exec().catch((error: unknown) => jobs.map(() => [error, undefined] as const))
    const missed: Job[] = []
    jobs.forEach((job, index) => {
      const [error, reply] = results?.[index] ?? [new Error('Redis gave no answer.'), undefined]
      if (isFirstTry && isScriptMissing(error)) missed.push(job)
      else job.done(error ? connections.unavailable(error) : undefined, reply)
    })
    if (missed.length === 0) return
    // Should this fail, so does what follows.
    await connections.loadScripts().catch(() => {})
    await this.#send(missed, false)
  }
}
