/** What happens to the command `millrace start`, two processes of it, with the demo model. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { END_AFTER_DEATH_MS, onTwoCommands } from '../mid-answer.ts'

/** The demo model says about 40 numbers a second. */
const COUNT = { tokens: 200, perSecond: 0 }

export const commandFaults: readonly Fault[] = [
  {
    name: 'command-kill',
    title: '`millrace start`: `kill -9` of one of two processes',
    look: 'As of a node.',
    run: onTwoCommands({
      script: COUNT,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_DEATH_MS,
      inject: async ({ nodes }) => nodes[0]?.kill(),
    }),
  },
  {
    name: 'command-drain',
    title: '`millrace start`: SIGTERM for one of two processes, which is started again',
    look: 'As of a node.',
    run: onTwoCommands({
      world: { drainMs: 1000 },
      script: COUNT,
      outcomes: ['completed', 'interrupted'],
      async inject({ nodes: [node] }) {
        await delay(200)
        await node?.drain()
        await node?.restart()
      },
    }),
  },
]
