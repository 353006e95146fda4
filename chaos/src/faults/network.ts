/** What a network does to connections. The node is sound, and one process with a SQLite file. */
import { setTimeout as delay } from 'node:timers/promises'
import { between, type Faults, type FaultyProxy, faultyProxy } from '@millrace/testbed'
import type { Answer } from '../answer.ts'
import type { Fault, Lab } from '../fault.ts'
import { onOneNode } from '../mid-answer.ts'
import { sum, type Tally } from '../tally.ts'
import type { World } from '../world.ts'

const completed = () => ({ outcomes: ['completed' as const] })

const TWO_SECONDS = { tokens: 300, perSecond: 150 }

/** Readers at a time: each has a proxy and a connection of its own. */
const AT_ONCE = 32

export const networkFaults: readonly Fault[] = [
  {
    name: 'cut-response',
    title: 'The response is cut after k bytes, for every k of a short answer',
    look: 'It resumes behind the last whole event; nothing is seen of the cut.',
    run: (lab) => lab.oneNode({}, (world) => cutResponses(lab, world)),
  },
  {
    name: 'cut-request',
    title: 'The request is cut after k bytes, and sent again under its message id',
    look: 'The second request starts the run, or joins the one that the first has started.',
    run: (lab) => lab.oneNode({}, (world) => cutRequests(lab, world)),
  },
  {
    name: 'cut-often',
    title: 'Every connection is cut after 1,000 to 6,000 bytes, by reset or in order',
    look: 'It resumes again and again, each time behind the last event.',
    run: onOneNode({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject({ proxy, random }) {
        proxy.plan(() => ({ cut: { after: between(random, 1000, 6000), how: random() < 0.5 ? 'reset' : 'end' } }))
        for (let number = 0; number < 4; number += 1) {
          proxy.cut(number % 2 === 0 ? 'reset' : 'end')
          await delay(200)
        }
      },
    }),
  },
  {
    name: 'delay',
    title: 'Every byte is 150 ms late',
    look: 'The answer comes 150 ms later.',
    run: during({ delayMs: 150 }, 600),
  },
  {
    name: 'throttle',
    title: 'Each connection carries 8 kB a second',
    look: 'The answer comes as fast as the network lets it.',
    run: during({ bytesPerSecond: 8000 }, 800),
  },
  {
    name: 'half-close',
    title: 'One direction of every connection is closed, in turn',
    look: 'The stream ends before its last event, so it resumes.',
    run: onOneNode({
      script: TWO_SECONDS,
      outcomes: ['completed'],
      async inject({ proxy }) {
        for (const direction of ['down', 'up', 'down'] as const) {
          proxy.halfClose(direction)
          await delay(150)
        }
      },
    }),
  },
  {
    name: 'split',
    title: 'Packets of 1 to 24 bytes, split inside of characters and line ends',
    look: 'Nothing.',
    run: during({ split: 'random' }, 600),
  },
  {
    name: 'slow-reader',
    title: 'One reader takes 20 kB a second of a flood, then stops reading for a while',
    look: 'It gets the whole answer at its own pace; the others do not wait for it.',
    run: (lab) => lab.oneNode({}, (world) => slowReader(lab, world)),
  },
]

/** All connections suffer for so many milliseconds, then the network is sound again. */
function during(faults: Faults, forMs: number) {
  return onOneNode({
    script: TWO_SECONDS,
    outcomes: ['completed'],
    async inject({ proxy }) {
      proxy.behave(faults)
      await delay(forMs)
      proxy.restore()
    },
  })
}

/** A way to the world that belongs to one reader, whose first connection suffers. */
async function ownWay({ proxy }: World, seed: number, first: Faults): Promise<FaultyProxy> {
  const way = await faultyProxy({ host: '127.0.0.1', port: proxy.port }, { seed })
  way.plan((connection) => (connection === 0 ? first : {}))
  return way
}

async function cutResponses(lab: Lab, world: World): Promise<Tally> {
  const answer = world.ask({ tokens: 3, perSecond: 0 })
  await answer.over()
  // Up to the length of the response: then a reader needs one connection only.
  for (let from = 0, wasCut = true; wasCut; from += AT_ONCE) {
    const ways = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => {
        const after = from + index
        return ownWay(world, lab.seed + after, { cut: { after, how: after % 2 === 0 ? 'reset' : 'end' } })
      }),
    )
    await Promise.all(ways.map(({ url }) => answer.follow('chatkit', url).over))
    wasCut = ways.every(({ connections }) => connections > 1)
    await Promise.all(ways.map((way) => way.stop()))
  }
  return sum(await world.inspect([answer], completed))
}

/** Longer than any request of these. */
const REQUEST_BYTES = 600

async function cutRequests(lab: Lab, world: World): Promise<Tally> {
  const tallies: Tally[] = []
  const step = lab.isFull ? 1 : 12
  const cuts = Array.from({ length: Math.ceil(REQUEST_BYTES / step) }, (_, index) => index * step + (lab.seed % step))
  for (let from = 0; from < cuts.length; from += AT_ONCE) {
    const ways = await Promise.all(
      cuts
        .slice(from, from + AT_ONCE)
        .map((after) =>
          ownWay(world, lab.seed + after, { cut: { after, of: 'up', how: after % 2 ? 'end' : 'reset' } }),
        ),
    )
    const answers = ways.map(({ url }) => world.ask({ tokens: 3, perSecond: 0 }, { url }))
    tallies.push(...(await world.inspect(answers, completed)))
    await Promise.all(ways.map((way) => way.stop()))
  }
  return sum(tallies)
}

async function slowReader(lab: Lab, world: World): Promise<Tally> {
  const answers: Answer[] = []
  const ways: FaultyProxy[] = []
  const late: string[] = []
  for (let number = 0; number < lab.times(2); number += 1) {
    const answer = world.ask({ tokens: 20_000, perSecond: 0 })
    const way = await faultyProxy({ host: '127.0.0.1', port: world.proxy.port }, { seed: lab.seed + number })
    way.behave({ bytesPerSecond: 20_000 })
    await answer.shows(1)
    const slow = answer.follow('websocket', way.url)
    await answer.sender.over
    if (slow.reading.end !== undefined) late.push('the slow reader was through first')
    way.behave({ hold: true })
    answers.push(answer)
    ways.push(way)
  }
  await delay(300)
  for (const way of ways) way.restore()
  const tally = sum(await world.inspect(answers, completed))
  await Promise.all(ways.map((way) => way.stop()))
  return { ...tally, complaints: [...tally.complaints, ...late] }
}
