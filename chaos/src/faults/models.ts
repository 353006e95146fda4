/** What a model does. */
import type { Fault } from '../fault.ts'
import { onOneNode } from '../mid-answer.ts'

export const modelFaults: readonly Fault[] = [
  {
    name: 'model-hangs',
    title: 'The model falls silent in mid-answer and ignores that it is asked to stop',
    look: 'After the time-out the error `timeout_between_tokens`; what had been said is kept, a retry is offered.',
    run: onOneNode({
      world: { timeouts: { firstTokenMs: 1000, betweenTokensMs: 1000, totalMs: 20_000 } },
      script: { tokens: 30, perSecond: 200, finally: 'hang' },
      after: 0,
      outcomes: ['failed'],
      async inject() {},
    }),
  },
  {
    name: 'model-silent',
    title: 'The model never says anything',
    look: 'After the time-out the error `timeout_first_token`.',
    run: onOneNode({
      world: { timeouts: { firstTokenMs: 700, betweenTokensMs: 700, totalMs: 20_000 } },
      script: { tokens: 0, perSecond: 0, finally: 'hang' },
      after: 0,
      outcomes: ['failed'],
      async inject() {},
    }),
  },
  {
    name: 'model-throws',
    title: 'The model throws after 1,000 tokens',
    look: 'The error `server_error` after 1,000 tokens, which are kept; a retry is offered.',
    run: onOneNode({
      script: { tokens: 1000, perSecond: 2000, finally: 'throw' },
      after: 0,
      outcomes: ['failed'],
      async inject() {},
    }),
  },
]
