/**
 * How often something may happen in a while: answers that a user starts, guests that an address makes. Counted in memory,
 * or in Redis where several nodes share the count; while Redis is away each node counts by itself.
 */
import { ChatKitError } from '@millrace/protocol'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { StartLimit } from '../options.ts'

/** An ioredis connection, as far as the limiter looks at it. */
export interface RateLimitRedis {
  readonly status: string
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void
}

export interface StartLimitOptions {
  /** Answers that one user may start within the window. 0: no limit. Default 10. */
  starts?: number
  /** Whole seconds. Default 60. A window begins with the first start, and the next one with the first after its end. */
  windowSeconds?: number
  /** An ioredis connection, for nodes that count together. Left out: each process counts for itself. */
  redis?: RateLimitRedis
}

/** How long Redis may take. Then this node counts by itself: a limit must not hold up an answer. */
const REDIS_MS = 500

/** Limits the answers that a user starts; nothing where there is no limit. For the option `startLimit` of a server. */
export function startLimit({ starts = 10, windowSeconds = 60, redis }: StartLimitOptions = {}): StartLimit | undefined {
  if (starts === 0) return undefined
  const limit = { points: starts, duration: windowSeconds, keyPrefix: 'millrace:starts' }
  const memory = new RateLimiterMemory(limit)
  const shared = redis && new RateLimiterRedis({ ...limit, storeClient: redis, rejectIfRedisNotReady: true })
  const tooMany = (waitSeconds: number) => tooManyStarts(starts, windowSeconds, waitSeconds)
  return {
    async take(owner) {
      const { limiter, windowMs } = (shared && (await takeShared(shared, owner, tooMany))) ?? {
        limiter: memory,
        windowMs: await take(memory, owner, tooMany),
      }
      const windowEnd = performance.now() + windowMs
      let isGivenBack = false
      return {
        async giveBack() {
          // After its end there is nothing to give back to: it would be one start more in the next window.
          if (isGivenBack || performance.now() >= windowEnd) return
          isGivenBack = true
          // Redis that is away by now counts one too many until the window ends.
          await within(REDIS_MS, limiter.reward(owner)).catch(() => {})
        },
      }
    },
  }
}

/**
 * Lets something happen `most` times a minute and key, counted in this process. 0: no limit.
 * The function that it gives throws ChatKitError `rate_limited` with what `refusal` says of the seconds to wait.
 */
export function perMinute(most: number, refusal: (waitSeconds: number) => string): (key: string) => Promise<void> {
  if (most === 0) return async () => {}
  const limiter = new RateLimiterMemory({ points: most, duration: 60 })
  return async (key) => void (await take(limiter, key, refusal))
}

/** Nothing where Redis is away, or silent. */
async function takeShared(limiter: RateLimiterAbstract, key: string, refusal: (waitSeconds: number) => string) {
  try {
    return { limiter, windowMs: await within(REDIS_MS, take(limiter, key, refusal)) }
  } catch (error) {
    if (error instanceof ChatKitError) throw error
    return undefined
  }
}

/** Takes one; resolves with the milliseconds until the window ends. */
async function take(limiter: RateLimiterAbstract, key: string, refusal: (waitSeconds: number) => string) {
  try {
    return (await limiter.consume(key)).msBeforeNext
  } catch (cause) {
    if (!(cause instanceof RateLimiterRes)) throw cause
    const waitSeconds = Math.max(1, Math.ceil(cause.msBeforeNext / 1000))
    throw new ChatKitError('rate_limited', refusal(waitSeconds), { retryAfterMs: waitSeconds * 1000 })
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms)
  })
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer))
}

function tooManyStarts(starts: number, windowSeconds: number, waitSeconds: number): string {
  const answers = starts === 1 ? '1 answer' : `${starts} answers`
  const window = windowSeconds === 60 ? 'a minute' : `${windowSeconds} seconds`
  return `You can start ${answers} in ${window}. Try again in ${waitSeconds} s.`
}
