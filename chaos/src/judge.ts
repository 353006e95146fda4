/** Counts what a run's readers, its log and the stored thread say against each other. Pure: the evidence is all it knows. */
import { isDeepStrictEqual } from 'node:util'
import {
  applyEvents,
  type RunEndedEvent,
  type Thread,
  type ThreadItem,
  type ThreadStreamEvent,
} from '@millrace/protocol'
import type { RunOutcome } from '@millrace/server'
import type { Reading, SeenEnd } from './readers/reading.ts'
import type { Language, Script } from './script.ts'
import { emptyTally, type Tally } from './tally.ts'

export interface Evidence {
  script: Script
  language: Language
  /** All readers, also one that read the whole log after the end, where it is still kept. */
  readings: readonly Reading[]
  /** The run's events from the first to the last, where somebody has seen them all. */
  events: readonly (ThreadStreamEvent | RunEndedEvent)[] | undefined
  /** The thread as the store has it, with all its items; undefined where it can't be loaded. */
  stored: Thread | undefined
  /** How often the model ran for this message, where that is known. */
  modelRuns: number | undefined
  /** What kept a new message from being accepted afterwards. */
  lock: string | undefined
}

export interface Allowed {
  /** How the run may end. */
  outcomes: readonly RunOutcome[]
  /** The run itself may be gone (a log that came back empty): its readers are told so, and only the thread counts. */
  mayBeGone?: boolean
}

export function judge(evidence: Evidence, allowed: Allowed): Tally {
  const { script, language, readings, stored } = evidence
  const tally = { ...emptyTally(), runs: 1, readers: readings.length }
  const complain = (what: string) => tally.complaints.push(`${script.name}: ${what}`)

  const ends = new Set(readings.map(({ end }) => end).filter((end) => end !== undefined && end !== 'ended'))
  if (allowed.mayBeGone) ends.delete('gone')
  for (const end of ends) if (!isAllowed(end, allowed)) complain(`ended as ${end}`)
  if (ends.size > 1) complain(`ended in several ways: ${[...ends].join(', ')}`)
  for (const reading of readings) for (const complaint of reading.complaints) complain(complaint)

  const [end = 'gone'] = ends
  tally.ends = { [end]: 1 }

  const kept = stored && language.numbersIn(answerOf(stored.items.data))
  const shown = new Set(readings.flatMap(({ tokens }) => tokens.filter((number) => !Number.isNaN(number))))
  if (ends.has('completed')) for (let number = 0; number < script.tokens; number += 1) shown.add(number)
  for (const reading of readings) {
    if (reading.end === undefined) {
      tally.endless += 1
      complain(`${reading.name} never saw an end (${reading.tokens.length} tokens)`)
      continue
    }
    // Who was told that the run is gone knows that there is more in the thread.
    const expected = reading.end === 'gone' && allowed.mayBeGone ? new Set(reading.tokens) : shown
    count(tally, reading.tokens, expected, (what) => complain(`${reading.name}: ${what}`))
  }
  count(tally, kept ?? [], shown, (what) => complain(`the stored thread: ${what}`))

  if (evidence.lock !== undefined) {
    tally.locked += 1
    complain(`the thread takes no new message: ${evidence.lock}`)
  }
  const difference = evidence.events && differenceOf(evidence.events, stored)
  if (difference !== undefined) {
    tally.differing += 1
    complain(difference)
  }
  if (evidence.modelRuns !== undefined && evidence.modelRuns > 1) {
    tally.reran += 1
    complain(`the model ran ${evidence.modelRuns} times`)
  }
  return tally
}

function isAllowed(end: SeenEnd | undefined, { outcomes }: Allowed): boolean {
  return outcomes.some((outcome) => outcome === end)
}

/** Adds up how what was shown differs from what was to be seen. */
function count(
  tally: Tally,
  tokens: readonly number[],
  expected: ReadonlySet<number>,
  complain: (what: string) => void,
): void {
  const seen = new Set<number>()
  let [doubled, misplaced, highest] = [0, 0, -1]
  for (const number of tokens) {
    if (seen.has(number)) doubled += 1
    // A piece of a token (NaN) is nowhere in its place.
    else if (!(number > highest)) misplaced += 1
    else highest = number
    seen.add(number)
  }
  const lost = [...expected].filter((number) => !seen.has(number))
  tally.expected += expected.size
  tally.lost += lost.length
  tally.doubled += doubled
  tally.misplaced += misplaced
  if (lost.length > 0) complain(`lost ${lost.length} of ${expected.size} tokens, the first is ${Math.min(...lost)}`)
  if (doubled > 0) complain(`${doubled} tokens twice`)
  if (misplaced > 0) complain(`${misplaced} tokens out of order`)
}

/** Invariant 5: reducing a run's events gives the thread that the store holds. */
export function differenceOf(
  events: readonly (ThreadStreamEvent | RunEndedEvent)[],
  stored: Thread | undefined,
): string | undefined {
  if (!stored) return 'the thread can not be loaded'
  const empty: Thread = { ...stored, items: { data: [], has_more: false } }
  const chatkit = events.flatMap((event) => (event.type === 'run.ended' ? [] : [event]))
  const reduced = applyEvents(empty, chatkit)
  if (isDeepStrictEqual(plain(reduced), plain(stored))) return undefined
  return `the store differs from the events: ${JSON.stringify(reduced).slice(-400)} against ${JSON.stringify(stored).slice(-400)}`
}

/** As it goes over the wire: a field that is undefined is none. */
function plain(thread: Thread): unknown {
  return JSON.parse(JSON.stringify(thread))
}

/** What the assistant has said in the thread. */
export function answerOf(items: readonly ThreadItem[]): string {
  return items
    .flatMap((item) => (item.type === 'assistant_message' ? item.content.map(({ text }) => text) : []))
    .join('')
}
