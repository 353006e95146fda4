/** What happens to nodes: they die, freeze, drain, lose time. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault, Lab } from '../fault.ts'
import { END_AFTER_DEATH_MS, END_AFTER_SILENCE_MS, onOneNode, onTwoNodes } from '../mid-answer.ts'
import type { ChaosNode } from '../node/node.ts'
import { sum, type Tally } from '../tally.ts'
import { LEASE_MS, type World } from '../world.ts'

/** Of two seconds, so that what is to happen happens meanwhile. */
const TWO_SECONDS = { tokens: 300, perSecond: 150 }

const FOUR_SECONDS = { tokens: 600, perSecond: 150 }

/** Longer than a lease and what follows from its end. */
const LONG = { tokens: 900, perSecond: 150 }

const HOUR_MS = 3_600_000

function victim({ nodes }: World): ChaosNode {
  const [node] = nodes
  if (!node) throw new Error('A world has at least one node.')
  return node
}

export const nodeFaults: readonly Fault[] = [
  {
    name: 'kill-restart',
    title: '`kill -9` of the only node (SQLite), started again',
    look: 'After the restart it resumes, sees what had been said and the end `interrupted`; a retry is offered.',
    run: onOneNode({
      script: FOUR_SECONDS,
      outcomes: ['interrupted'],
      async inject(world) {
        const node = victim(world)
        await node.kill()
        await node.restart()
      },
    }),
  },
  {
    name: 'kill-node',
    title: '`kill -9` of one of two nodes',
    look: 'It resumes at the other node, which takes the answer over once the lease has run out: what had been said, then `interrupted`.',
    run: onTwoNodes({
      script: FOUR_SECONDS,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_DEATH_MS,
      inject: (world) => victim(world).kill(),
    }),
  },
  {
    name: 'kill-both',
    title: '`kill -9` of both nodes, one started again',
    look: 'As for one node, once a node is back.',
    run: onTwoNodes({
      script: FOUR_SECONDS,
      outcomes: ['interrupted'],
      others: ['interrupted'],
      async inject(world) {
        await Promise.all(world.nodes.map((node) => node.kill()))
        await victim(world).restart()
      },
    }),
  },
  {
    name: 'kill-adopter',
    title: '`kill -9` of a node, and of the other while it takes the answers over',
    look: 'As for one node, once a node is back.',
    run: onTwoNodes({
      script: LONG,
      outcomes: ['interrupted'],
      others: ['interrupted'],
      async inject(world) {
        const [first, second] = world.nodes
        await first?.kill()
        await delay(LEASE_MS + 500 * world.random())
        await second?.kill()
        await second?.restart()
      },
    }),
  },
  {
    name: 'kill-at-start',
    title: '`kill -9` of a node while messages arrive there',
    look: 'The message is sent again: it joins the answer that died, or starts it if there was none.',
    run: killAtStart,
  },
  {
    name: 'freeze-node',
    title: 'A node is frozen (SIGSTOP) for longer than its lease, then wakes',
    look: 'As if it had died. When it wakes it writes nothing more into the log or the store.',
    run: onTwoNodes({
      script: LONG,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_SILENCE_MS,
      async inject(world, answers) {
        const node = victim(world)
        node.freeze()
        await delay(LEASE_MS + 2500)
        node.wake()
        // Whoever follows an answer that goes on shows that the node is there again, and has had its time to do harm.
        await Promise.all(answers.map((answer) => answer.over()))
        await delay(500)
      },
    }),
  },
  {
    name: 'freeze-past-end',
    title: 'The same, and the answer ends as the node wakes',
    look: 'As if it had died. The end that it has to tell reaches neither the log nor the store.',
    run: onTwoNodes({
      script: FOUR_SECONDS,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_SILENCE_MS,
      async inject(world) {
        const node = victim(world)
        node.freeze()
        await delay(LEASE_MS + 2500)
        node.wake()
        await delay(500)
      },
    }),
  },
  {
    name: 'freeze-short',
    title: 'A node is frozen for a quarter of its lease',
    look: 'A pause.',
    run: onTwoNodes({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject(world) {
        const node = victim(world)
        node.freeze()
        await delay(LEASE_MS / 4)
        node.wake()
      },
    }),
  },
  {
    name: 'block-node',
    title: 'The event loop of a node stands still for longer than its lease',
    look: 'As if it had died.',
    run: onTwoNodes({
      script: FOUR_SECONDS,
      outcomes: ['interrupted'],
      endsWithinMs: END_AFTER_SILENCE_MS,
      async inject(world) {
        await victim(world).block(LEASE_MS + 2500)
        await delay(LEASE_MS + 3000)
      },
    }),
  },
  {
    name: 'drain',
    title: 'SIGTERM for a node: half of its answers end in time, half do not',
    look: 'Its stream goes on or is cut; it resumes at the other node, to the end or to `interrupted`.',
    run: onTwoNodes({
      answers: 6,
      world: { drainMs: 1200 },
      script: TWO_SECONDS,
      outcomes: ['completed', 'interrupted'],
      async inject(world) {
        const code = await victim(world).drain()
        if (code !== 0) throw new Error(`The node ended with code ${code}.`)
      },
    }),
  },
  {
    name: 'rolling',
    title: 'Both nodes are replaced, one after the other (SIGTERM, then a new process)',
    look: 'As for one node, perhaps twice.',
    run: onTwoNodes({
      world: { drainMs: 600 },
      script: TWO_SECONDS,
      outcomes: ['completed', 'interrupted'],
      others: ['completed', 'interrupted'],
      async inject({ nodes }) {
        for (const node of nodes) {
          await node.drain()
          await node.restart()
        }
      },
    }),
  },
  {
    name: 'clock',
    title: 'The clock of a node jumps an hour ahead, then two back',
    look: 'Nothing.',
    run: onTwoNodes({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject(world) {
        const node = victim(world)
        await node.moveClock(HOUR_MS)
        await delay(600)
        await node.moveClock(-2 * HOUR_MS)
        await delay(600)
      },
    }),
  },
  {
    name: 'clock-alone',
    title: 'The same with the only node (SQLite)',
    look: 'Nothing.',
    run: onOneNode({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject(world) {
        const node = victim(world)
        await node.moveClock(HOUR_MS)
        await delay(300)
        await node.moveClock(-2 * HOUR_MS)
        await delay(300)
      },
    }),
  },
]

/** One after the other, since a dead node takes all that arrive with it. */
async function killAtStart(lab: Lab): Promise<Tally> {
  return lab.twoNodes({}, async (world) => {
    const tallies: Tally[] = []
    for (let number = 0; number < lab.times(3); number += 1) {
      const answers = Array.from({ length: 6 }, () => world.ask({ tokens: 20, perSecond: 200 }, { on: 0 }))
      await delay(200 * world.random())
      await victim(world).kill()
      tallies.push(...(await world.inspect(answers, () => ({ outcomes: ['completed', 'interrupted'] }))))
      await victim(world).restart()
    }
    return sum(tallies)
  })
}
