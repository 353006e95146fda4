/** Two things at once: stops against ends, and one message sent twice. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from '../answer.ts'
import type { Fault, Lab } from '../fault.ts'
import { askJson } from '../readers/http.ts'
import { sum, type Tally } from '../tally.ts'
import type { World } from '../world.ts'

const RACES = 50

/** Races at a time. */
const AT_ONCE = 10

export const raceFaults: readonly Fault[] = [
  {
    name: 'stop-races',
    title: '50 stops race with the ends of their answers, from two places, on two nodes',
    look: 'Either `completed` or `stopped`: the same to the one who stopped and to all readers.',
    run: (lab) => lab.twoNodes({}, (world) => inTurns(lab, world, stopRace)),
  },
  {
    name: 'double-sends',
    title: '50 messages are sent under one id to both nodes at once',
    look: 'One answer, which both senders read.',
    run: (lab) => lab.twoNodes({}, (world) => inTurns(lab, world, doubleSend)),
  },
]

async function inTurns(
  lab: Lab,
  world: World,
  race: (world: World, tally: (what: string) => void) => Promise<Answer>,
): Promise<Tally> {
  const tallies: Tally[] = []
  const complaints: string[] = []
  for (let begun = 0; begun < Math.max(RACES, lab.times(RACES)); begun += AT_ONCE) {
    const races = Array.from({ length: AT_ONCE }, () => race(world, (what) => complaints.push(what)))
    const answers = await Promise.all(races)
    tallies.push(...(await world.inspect(answers, () => ({ outcomes: ['completed', 'stopped'] }))))
  }
  const total = sum(tallies)
  return { ...total, complaints: [...total.complaints, ...complaints] }
}

async function stopRace(world: World, complain: (what: string) => void): Promise<Answer> {
  const { nodes, random } = world
  const answer = world.ask({ tokens: 40, perSecond: 400 }, { on: random() < 0.5 ? 0 : 1 })
  await answer.shows(1)
  answer.follow('stream')
  // The answer takes about 100 ms: around that the end may be before, behind or on its way.
  const statuses = await Promise.all(nodes.map(({ url }) => stop(answer, url, 50 + 80 * random())))
  await answer.over()
  const { end } = answer.sender.reading
  for (const status of statuses) {
    if (status !== end) complain(`${answer.script.name}: whoever stopped it was told ${status}, readers saw ${end}`)
  }
  return answer
}

async function stop({ runId }: Answer, url: string, afterMs: number): Promise<unknown> {
  await delay(afterMs)
  const request = { type: 'runs.stop', params: { run_id: runId } }
  const { body } = await askJson({ url: `${url}/chatkit`, body: request, signal: AbortSignal.timeout(10_000) })
  return body.status
}

async function doubleSend({ nodes: [first, second], ...world }: World): Promise<Answer> {
  const answer = world.ask({ tokens: 10, perSecond: 200 }, { on: 0 })
  for (const node of [second, first, second]) if (node) answer.sendAgain(node.url)
  await answer.over()
  return answer
}
