/** The common form of a fault: many answers are on their way, each with many readers, and then something happens. */

import { setTimeout as delay } from 'node:timers/promises'
import type { RunOutcome } from '@millrace/server'
import { type Answer, PATIENCE_MS } from './answer.ts'
import type { Lab, TwoCommandsOptions, TwoNodesOptions } from './fault.ts'
import type { ServerProcess } from './node/controlled.ts'
import { SILENCE_MS } from './readers/http.ts'
import type { Reading } from './readers/reading.ts'
import type { Script } from './script.ts'
import { sum, type Tally } from './tally.ts'
import { type Cluster, LEASE_MS, type OneNodeOptions, type World } from './world.ts'

/** After this much every reader has seen the end of an answer whose node died. */
export const END_AFTER_DEATH_MS = LEASE_MS + 2000

/** Of a node that keeps its connections, but says nothing, a reader gets tired by itself, perhaps twice. */
export const END_AFTER_SILENCE_MS = END_AFTER_DEATH_MS + 2 * SILENCE_MS

interface MidAnswer {
  /** In the short form, and besides one that the project's own client sends to whichever node. Default 4. */
  answers?: number
  script: Omit<Script, 'name'>
  /** The fault comes once each sender has seen so many tokens, default 10; with 0 it is there from the start. */
  after?: number
  /** Whether more readers come while it happens, and as the sender sees the end. Default true. */
  hasLatecomers?: boolean
  /** How answers may end: those of node 0, to which things happen, and those of all other nodes (by default `completed`). */
  outcomes: readonly RunOutcome[]
  others?: readonly RunOutcome[]
  mayBeGone?: boolean
  /** Every reader has seen the end so long after the fault began. */
  endsWithinMs?: number
}

export interface OneNodeFault extends MidAnswer {
  world?: Partial<OneNodeOptions>
  inject(world: World, answers: readonly Answer[]): Promise<void>
}

export interface ClusterFault extends MidAnswer {
  world?: TwoNodesOptions
  inject(world: Cluster, answers: readonly Answer[]): Promise<void>
}

export interface CommandFault extends MidAnswer {
  world?: TwoCommandsOptions
  inject(world: World<ServerProcess>, answers: readonly Answer[]): Promise<void>
}

export function onOneNode(fault: OneNodeFault): (lab: Lab) => Promise<Tally> {
  return (lab) =>
    lab.oneNode(fault.world ?? {}, (world) => tryFault(fault, lab, world, (answers) => fault.inject(world, answers)))
}

/** Answers are produced by both nodes in turn; whatever happens to one node happens to node 0. */
export function onTwoNodes(fault: ClusterFault): (lab: Lab) => Promise<Tally> {
  return (lab) =>
    lab.twoNodes(fault.world ?? {}, (world) => tryFault(fault, lab, world, (answers) => fault.inject(world, answers)))
}

/** The same with the command `millrace start`; its model counts, and has a pace of its own. */
export function onTwoCommands(fault: CommandFault): (lab: Lab) => Promise<Tally> {
  return (lab) =>
    lab.twoCommands(fault.world ?? {}, (world) =>
      tryFault(fault, lab, world, (answers) => fault.inject(world, answers)),
    )
}

async function tryFault(
  fault: MidAnswer,
  lab: Lab,
  world: World<ServerProcess>,
  inject: (answers: readonly Answer[]) => Promise<void>,
): Promise<Tally> {
  const { outcomes, others = ['completed'], hasLatecomers = true, mayBeGone = false, endsWithinMs } = fault
  const { hit, spared, either } = await begin(fault, lab, world)
  const answers = [...hit, ...spared, either]
  const early = new Set(answers.filter(({ sender }) => fault.after !== 0 && sender.reading.end !== undefined))
  if (early.size === answers.length) throw new Error('Every answer was over before anything happened.')
  const there = hit.flatMap(({ readers }) => readers.map(({ reading }) => reading))
  const since = performance.now()
  const late = Promise.all(hasLatecomers ? answers.map(comeLate) : [])
  await inject(answers)
  await late
  const ends = (answer: Answer): readonly RunOutcome[] => {
    // On a machine under load an answer may be over before everyone has come: what happens then is nothing to it.
    if (early.has(answer)) return ['completed']
    if (answer === either) return [...outcomes, ...others]
    return spared.includes(answer) ? others : outcomes
  }
  const tally = sum(await world.inspect(answers, (answer) => ({ outcomes: ends(answer), mayBeGone })))
  if (endsWithinMs !== undefined) addEnds(tally, there, { since, endsWithinMs })
  return tally
}

interface Begun {
  /** Answers of node 0. */
  hit: Answer[]
  /** Answers of other nodes. */
  spared: Answer[]
  /** The answer to the project's own client, which takes whichever node it gets. */
  either: Answer
}

/** Sends the messages, and waits until everyone reads. */
async function begin(fault: MidAnswer, lab: Lab, world: World<ServerProcess>): Promise<Begun> {
  const { script, after = 10, mayBeGone: isSentOnce = false } = fault
  const ask = (number: number) => world.ask(script, { on: number % world.nodes.length, isSentOnce })
  const sent = Array.from({ length: lab.times(fault.answers ?? 4) }, (_, number) => ask(number))
  const either = world.ask(script, { by: 'client' })
  const answers = [...sent, either]
  await Promise.all(answers.map((answer) => answer.shows(1)))
  for (const answer of answers) for (const kind of answer.kinds) answer.follow(kind)
  await Promise.all(answers.map((answer) => answer.shows(after)))
  if (after > 0) await everyoneReads(answers)
  const isHit = (number: number) => number % world.nodes.length === 0
  return {
    hit: sent.filter((_, number) => isHit(number)),
    spared: sent.filter((_, number) => !isHit(number)),
    either,
  }
}

/** Everyone is in the middle of the answer, as far as it still runs. */
async function everyoneReads(answers: readonly Answer[]): Promise<void> {
  const readings = answers.flatMap(({ readers }) => readers.map(({ reading }) => reading))
  const deadline = performance.now() + PATIENCE_MS
  while (readings.some(({ tokens, end }) => tokens.length === 0 && end === undefined)) {
    if (performance.now() > deadline) throw new Error('Not everyone could read, before anything had happened.')
    await delay(5)
  }
}

/** Whoever comes while it happens sees the same, and whoever reloads as they see the end finds all of it in the thread. */
async function comeLate(answer: Answer): Promise<void> {
  await delay(100)
  answer.follow('conversation')
  await answer.sender.over
  answer.follow('conversation')
}

/** A reader that saw the end too late counts as one that never saw it. */
function addEnds(
  tally: Tally,
  readings: readonly Reading[],
  { since, endsWithinMs }: { since: number; endsWithinMs: number },
): void {
  for (const { name, endedAt } of readings) {
    if (endedAt === undefined) continue
    const ms = endedAt - since
    tally.slowestEndMs = Math.max(tally.slowestEndMs ?? 0, ms)
    if (ms <= endsWithinMs) continue
    tally.endless += 1
    tally.complaints.push(`${name} saw the end after ${Math.round(ms)} ms`)
  }
}
