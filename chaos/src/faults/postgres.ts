/** What happens to PostgreSQL, in which the threads of two nodes lie. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunOutcome } from '@millrace/server'
import type { Fault } from '../fault.ts'
import { onTwoNodes } from '../mid-answer.ts'

const TWO_SECONDS = { tokens: 300, perSecond: 150 }

/** A store that stays away for too long fails the answer; what was said is saved once it is back. */
const ENDS: readonly RunOutcome[] = ['completed', 'failed']

export const postgresFaults: readonly Fault[] = [
  {
    name: 'kill-postgres',
    title: '`kill -9` of PostgreSQL, started again',
    look: 'Nothing: the answer is in the run log, and waits for its store at its end.',
    run: onTwoNodes({
      world: { ownPostgres: true },
      script: TWO_SECONDS,
      outcomes: ENDS,
      others: ENDS,
      async inject({ postgres }) {
        await postgres.kill()
        await delay(300)
        await postgres.restart()
      },
    }),
  },
  {
    name: 'postgres-at-end',
    title: 'PostgreSQL is away while answers end',
    look: 'The end comes once the store is back, or as `failed`; the text is in the thread either way.',
    run: onTwoNodes({
      world: { ownPostgres: true },
      script: TWO_SECONDS,
      outcomes: ENDS,
      others: ENDS,
      async inject({ postgres }) {
        await postgres.kill()
        await delay(2500)
        await postgres.restart()
      },
    }),
  },
  {
    name: 'pause-postgres',
    title: 'PostgreSQL stands still (SIGSTOP) while answers end',
    look: 'The end comes once the store answers again.',
    run: onTwoNodes({
      world: { ownPostgres: true },
      script: TWO_SECONDS,
      outcomes: ENDS,
      others: ENDS,
      async inject({ postgres }) {
        postgres.pause()
        await delay(2500)
        postgres.resume()
      },
    }),
  },
  {
    name: 'postgres-away',
    title: 'PostgreSQL is away for longer than an answer waits for it (here 0.5 s)',
    look: 'The error `unavailable`; what had been said is in the thread once the store is back.',
    run: onTwoNodes({
      world: { ownPostgres: true, storePatienceMs: 500 },
      // A thread that is loaded at the very moment when the store is back may lack the text that is being saved.
      hasLatecomers: false,
      script: TWO_SECONDS,
      outcomes: ENDS,
      others: ENDS,
      async inject({ postgres }) {
        await postgres.kill()
        await delay(4000)
        await postgres.restart()
      },
    }),
  },
]
