/** What happens to Redis, in which the run log of two nodes lies. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunOutcome } from '@millrace/server'
import type { Fault } from '../fault.ts'
import { END_AFTER_SILENCE_MS, onTwoNodes } from '../mid-answer.ts'
import { LEASE_MS } from '../world.ts'

const TWO_SECONDS = { tokens: 300, perSecond: 150 }
const LONG = { tokens: 900, perSecond: 150 }

/** However an answer ends when its log was away: whoever comes back first decides, its writer or the next. */
const ANY_END: readonly RunOutcome[] = ['completed', 'interrupted', 'failed']

export const redisFaults: readonly Fault[] = [
  {
    name: 'kill-redis',
    title: '`kill -9` of Redis (AOF, `appendfsync always`), started again',
    look: 'A pause; then the answer goes on, or ends as `interrupted` or `failed` with what had been said.',
    run: onTwoNodes({
      world: { persistence: 'always' },
      script: TWO_SECONDS,
      outcomes: ANY_END,
      others: ANY_END,
      async inject({ redis }) {
        await redis.kill()
        await delay(300)
        await redis.restart()
      },
    }),
  },
  {
    name: 'pause-redis',
    title: 'Redis stands still (SIGSTOP) for a quarter of the lease',
    look: 'A pause.',
    run: onTwoNodes({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject({ redis }) {
        redis.pause()
        await delay(LEASE_MS / 4)
        redis.resume()
      },
    }),
  },
  {
    name: 'pause-redis-long',
    title: 'Redis stands still for longer than the lease',
    look: 'A pause; then the answer goes on, or ends as `interrupted` or `failed` with what had been said.',
    run: onTwoNodes({
      script: LONG,
      outcomes: ANY_END,
      others: ANY_END,
      async inject({ redis }) {
        redis.pause()
        await delay(LEASE_MS * 2)
        redis.resume()
      },
    }),
  },
  {
    name: 'empty-redis',
    title: 'Redis comes back empty (no persistence)',
    look: 'The run is gone: the thread holds what could be saved from the memory of its node. Nobody waits for ever.',
    run: onTwoNodes({
      script: TWO_SECONDS,
      outcomes: ANY_END,
      others: ANY_END,
      mayBeGone: true,
      async inject({ redis }) {
        await redis.kill()
        await redis.restart()
      },
    }),
  },
  {
    name: 'partition',
    title: 'One node can not reach Redis for longer than its lease',
    look: 'As if the node had died; when it is back it writes nothing more into the log or the store.',
    run: onTwoNodes({
      script: LONG,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_SILENCE_MS,
      async inject({ redisLinks: [link] }, answers) {
        link?.behave({ hold: true })
        await delay(LEASE_MS + 2500)
        link?.restore()
        await Promise.all(answers.map((answer) => answer.over()))
      },
    }),
  },
  {
    name: 'cut-redis',
    title: 'The connections of a node to Redis are cut again and again',
    look: 'Nothing, or a short pause.',
    run: onTwoNodes({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject({ redisLinks: [link] }) {
        for (let number = 0; number < 5; number += 1) {
          link?.cut()
          await delay(200)
        }
      },
    }),
  },
  {
    name: 'slow-redis',
    title: 'What a node sends to Redis and gets from there takes 100 ms, at 20 kB a second',
    look: 'The answer comes as fast as its log takes it.',
    run: onTwoNodes({
      script: { tokens: 300, perSecond: 150 },
      outcomes: ['completed'],
      async inject({ redisLinks: [link] }, answers) {
        link?.behave({ delayMs: 100, bytesPerSecond: 20_000 })
        await delay(1200)
        link?.restore()
        await Promise.all(answers.map((answer) => answer.over()))
      },
    }),
  },
]
