/**
 * The names of all keys in Redis. Those of one run share a hash tag, its id, and so a slot; what is known of a message id or a
 * thread is a key of its own. No script needs two slots at once, so the keys may live in a cluster.
 */

/** The keys of one run. */
export interface RunKeys {
  /** Hash: what is known of the run (`redis-records.ts`), and the epoch of its writer. */
  readonly record: string
  /** Stream: one entry for each batch, whose id is the batch's last seq. */
  readonly entries: string
  /** String that lives as long as the writer proves to be alive: the writer's epoch. */
  readonly lease: string
  /** String, set when the run was taken away on purpose: without it a missing record means that Redis has lost its data. */
  readonly gone: string
}

export class RedisKeys {
  readonly #prefix: string
  /** Sorted set: runs that have not ended, by the time (Redis's clock) at which their lease should be looked at. */
  readonly running: string
  /** Channel on which processes tell each other `stop <run id>` and `gone <run id>`. */
  readonly channel: string
  readonly check: string

  constructor(prefix: string) {
    this.#prefix = prefix
    this.running = `${prefix}running`
    this.channel = `${prefix}runs`
    this.check = `${prefix}check`
  }

  run(runId: string): RunKeys {
    const tagged = `{${runId}}`
    return {
      record: `${this.#prefix}run:${tagged}`,
      entries: `${this.#prefix}entries:${tagged}`,
      lease: `${this.#prefix}lease:${tagged}`,
      gone: `${this.#prefix}gone:${tagged}`,
    }
  }

  /** String: the id of the run that has this message id. Message ids contain no blank, so no two pairs share a key. */
  message(messageId: string, owner: string): string {
    return `${this.#prefix}message:${messageId} ${owner}`
  }

  /** Sorted set: the ids of a thread's runs, the latest last. Whether that one has ended decides whether the thread is free. */
  thread(threadId: string): string {
    return `${this.#prefix}thread:${threadId}`
  }

  /** Stream on which a process wakes its own blocking reader. */
  wake(process: string): string {
    return `${this.#prefix}wake:${process}`
  }
}
