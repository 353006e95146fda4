/**
 * The three connections of a process: for commands, for the one blocking read, and for messages. They come back by
 * themselves. No command waits in a queue or for ever: while Redis is away each fails at once as `unavailable`.
 */
import { ChatKitError } from '@millrace/protocol'
import { Redis, type RedisOptions } from 'ioredis'
import { RedisBatch } from './redis-batch.ts'
import { isScriptMissing, type RedisScript, scripts } from './redis-scripts.ts'
import { infoField, isTooOld, OLDEST } from './redis-version.ts'
import { away, closed } from './refusals.ts'

export interface RedisTrouble {
  /** Told once when Redis can't be reached or refuses its service; the message says where, why, and what happens next. */
  onTrouble?(error: Error): void
  /** Told once when it is back. */
  onRecovered?(): void
}

export interface RedisConnectionsOptions extends RedisTrouble {
  /** Redis has to answer within so many milliseconds, else the connection is taken for dead. */
  replyMs: number
  /** Longest time between two tries to connect. */
  retryMs: number
}

/** Answers come as arrays in either protocol. */
type ConnectionSettings = Omit<RedisOptions, 'replyMapping'>

/** How long the blocking read may be without news before it is asked again. */
export const BLOCK_MS = 1000

export class RedisConnections {
  readonly commands: Redis
  readonly blocking: Redis
  readonly subscriber: Redis
  /** Resolves once Redis can be used; rejects where its version is too old, or when the connections are closed before. */
  readonly ready: Promise<void>
  readonly #options: RedisConnectionsOptions
  readonly #listeners = new Set<() => void>()
  #isUsable = false
  #isClosed = false
  #refusal: ChatKitError | undefined
  /** By `performance.now()`. */
  #downSince: number | undefined = performance.now()
  #adoptsAt = Number.POSITIVE_INFINITY
  #wasReady = false
  #isTroubleTold = false
  #lastError: Error | undefined
  #settleReady: { resolve: () => void; reject: (error: unknown) => void } | undefined

  /** `target`: a URL, or a connection whose options are used for connections of our own. */
  constructor(target: string | Redis, options: RedisConnectionsOptions) {
    this.#options = options
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.ready.catch(() => {})
    const { replyMs } = options
    const of = (socketTimeout: number) => connectionTo(target, { ...this.#settings(), socketTimeout })
    this.commands = of(replyMs)
    this.subscriber = of(replyMs)
    this.blocking = of(BLOCK_MS + replyMs)
    for (const connection of [this.commands, this.subscriber, this.blocking]) {
      connection.on('error', (error: Error) => {
        if (connection === this.commands) this.#lastError = error
      })
    }
    this.commands.on('ready', () => void this.#prepare())
    this.commands.on('close', () => this.#down())
    this.commands.on('reconnecting', (delayMs: number) => this.#tell(delayMs))
    for (const connection of [this.commands, this.subscriber, this.blocking]) connection.connect().catch(() => {})
  }

  #settings(): ConnectionSettings {
    const { retryMs, replyMs } = this.#options
    return {
      lazyConnect: true,
      protocol: 2,
      keyPrefix: '',
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      // What was under way when the connection broke fails at once.
      maxRetriesPerRequest: 0,
      connectTimeout: Math.max(replyMs, 1000),
      retryStrategy: (times) => Math.min(25 * 2 ** Math.min(times, 10), retryMs) * (0.8 + 0.4 * Math.random()),
      // A primary that became a replica: the address may lead to the new primary by now.
      reconnectOnError: (error) => error.message.includes('READONLY'),
    }
  }

  get isUsable(): boolean {
    return this.#isUsable && this.commands.status === 'ready'
  }

  /** For how many milliseconds Redis can't be used. */
  get downMs(): number {
    return this.#downSince === undefined ? 0 : performance.now() - this.#downSince
  }

  /** Since when, by `performance.now()`, a lease that has run out means a dead writer: they had time to renew it. */
  isSettled(settleMs: number): boolean {
    return this.#isUsable && performance.now() >= this.#adoptsAt + settleMs
  }

  /** Where it is, without a password. */
  get address(): string {
    const { host, port, path } = this.commands.options
    return path ?? `${host}:${port}`
  }

  /** Called whenever Redis can be used (again). */
  onUsable(listener: () => void): void {
    this.#listeners.add(listener)
    if (this.#isUsable) listener()
  }

  /** Resolves as soon as Redis can be used, or when the time is over. */
  async usableWithin(ms: number): Promise<void> {
    if (this.#isUsable || ms <= 0) return
    await new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        this.#listeners.delete(finish)
        resolve()
      }
      const timer = setTimeout(finish, ms)
      this.#listeners.add(finish)
    })
  }

  /** Why Redis can't be used. */
  unusable(): ChatKitError {
    if (this.#isClosed) return closed()
    return this.#refusal ?? away(this.#lastError ?? new Error(`Redis at ${this.address} can't be reached.`))
  }

  async run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[] = []): Promise<unknown> {
    return this.ask((redis) => redis.evalsha(script.sha, keys.length, ...keys, ...args))
  }

  /** @throws ChatKitError `unavailable` */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.#isUsable) throw this.unusable()
    try {
      return await question(this.commands)
    } catch (error) {
      if (!isScriptMissing(error)) throw this.unavailable(error)
    }
    try {
      await this.loadScripts()
      return await question(this.commands)
    } catch (error) {
      throw this.unavailable(error)
    }
  }

  /** Several scripts at once, in one write. */
  batch(): RedisBatch {
    return new RedisBatch(this)
  }

  /** What the client library or Redis says, as our error. The library's own carries the command with all its arguments. */
  unavailable(error: unknown): ChatKitError {
    if (error instanceof ChatKitError) return error
    if (this.#isClosed) return closed()
    const cause = new Error(error instanceof Error ? error.message : String(error))
    return away(cause)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isUsable = false
    this.#settleReady?.reject(closed())
    this.#listeners.clear()
    for (const connection of [this.commands, this.subscriber, this.blocking]) connection.disconnect()
  }

  /** Makes the scripts known to Redis: at each start, and where somebody has flushed them. */
  async loadScripts(): Promise<void> {
    const pipeline = this.commands.pipeline()
    for (const { lua } of Object.values(scripts)) pipeline.script('LOAD', lua)
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }

  async #prepare(): Promise<void> {
    const { commands } = this
    try {
      const [server] = await Promise.all([commands.info('server').catch(() => ''), this.loadScripts()])
      if (this.#isClosed || commands.status !== 'ready') return
      if (isTooOld(server)) {
        const version = infoField(server, 'redis_version')
        const error = new Error(`Redis at ${this.address} is version ${version}; ${OLDEST} or newer is needed.`)
        this.#refusal = away(error)
        this.#settleReady?.reject(error)
        this.#lastError = error
        this.#tell()
        return
      }
      const upMs = Number(infoField(server, 'uptime_in_seconds') ?? Number.POSITIVE_INFINITY) * 1000
      this.#adoptsAt = performance.now() - (this.#wasReady ? 0 : upMs)
      this.#wasReady = true
      this.#refusal = undefined
      this.#isUsable = true
      this.#downSince = undefined
      this.#settleReady?.resolve()
      if (this.#isTroubleTold) this.#options.onRecovered?.()
      this.#isTroubleTold = false
      for (const listener of [...this.#listeners]) listener()
    } catch (error) {
      // What broke while it was asked comes back by itself.
      if (this.#isClosed || commands.status !== 'ready') return
      this.#lastError = error instanceof Error ? error : new Error(String(error))
      this.#tell()
      // Reachable, and of no use: as if it were not.
      setTimeout(() => {
        if (!this.#isClosed && !this.#isUsable) commands.disconnect(true)
      }, this.#options.retryMs).unref()
    }
  }

  #down(): void {
    this.#isUsable = false
    this.#downSince ??= performance.now()
  }

  #tell(delayMs?: number): void {
    if (this.#isTroubleTold || this.#isClosed) return
    // The first tries come within a fraction of a second: a connection that breaks and is back at once is no news.
    if (delayMs !== undefined && this.#wasReady && this.downMs < this.#options.replyMs) return
    this.#isTroubleTold = true
    const error = this.#lastError
    if (this.#refusal && error) return this.#options.onTrouble?.(error)
    const what = `can't be ${delayMs === undefined ? 'used' : 'reached'}${error ? ` (${codeOf(error)})` : ''}`
    const every = Math.round(this.#options.retryMs / 100) / 10
    this.#options.onTrouble?.(new Error(`Redis at ${this.address} ${what}. Trying again every ${every} s.`))
  }
}

function connectionTo(target: string | Redis, settings: ConnectionSettings): Redis {
  return typeof target === 'string' ? new Redis(target, settings) : target.duplicate(settings)
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
