import type { Thread, ThreadStreamEvent } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { type Evidence, judge } from './judge.ts'
import type { Reading } from './readers/reading.ts'
import { SCRIPTED, token } from './script.ts'
import { isSound } from './tally.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)
const textOf = (tokens: number[]) => tokens.map(token).join('')

function reading(tokens: number[], end: Reading['end'] = 'completed'): Reading {
  return { name: 'a reader', tokens, end, endedAt: 0, complaints: [] }
}

function thread(text: string): Thread {
  const message = { id: 'msg_1', thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z' }
  return {
    id: 'thr_1',
    created_at: '2026-01-01T00:00:00Z',
    status: { type: 'active' },
    metadata: {},
    items: {
      data: [{ ...message, type: 'assistant_message', content: [{ type: 'output_text', text, annotations: [] }] }],
      has_more: false,
    },
  }
}

function eventsOf(stored: Thread): ThreadStreamEvent[] {
  return stored.items.data.map((item) => ({ type: 'thread.item.done', item }))
}

/** A run of ten tokens in which nothing went wrong, but for what is given. */
function evidence(wrong: Partial<Evidence> = {}): Evidence {
  const stored = thread(textOf(numbers(10)))
  return {
    language: SCRIPTED,
    script: { name: 'm1', tokens: 10, perSecond: 0 },
    readings: [reading(numbers(10)), reading(numbers(10))],
    events: eventsOf(stored),
    stored,
    modelRuns: 1,
    lock: undefined,
    ...wrong,
  }
}

const verdict = (wrong?: Partial<Evidence>) => judge(evidence(wrong), { outcomes: ['completed', 'interrupted'] })

test('a run in which all went well costs nothing', () => {
  const tally = verdict()
  expect(isSound(tally)).toBe(true)
  expect(tally).toMatchObject({ runs: 1, readers: 2, expected: 30 })
})

test('a token that a reader of a completed run lacks is lost, whoever else has seen it', () => {
  expect(verdict({ readings: [reading(numbers(10).toSpliced(3, 1))] })).toMatchObject({ lost: 1 })
})

test('of an interrupted run a token counts once anybody has seen it', () => {
  const readings = [reading(numbers(4), 'interrupted'), reading(numbers(6), 'interrupted')]
  const stored = thread(textOf(numbers(6)))
  expect(verdict({ readings, stored, events: eventsOf(stored) })).toMatchObject({ lost: 2, expected: 18 })
})

test('a token that was shown and is not in the stored thread is lost', () => {
  const stored = thread(textOf(numbers(9)))
  expect(verdict({ stored, events: eventsOf(stored) })).toMatchObject({ lost: 1, differing: 0 })
})

test('tokens that come twice are doubled, those behind a later one misplaced', () => {
  expect(verdict({ readings: [reading([...numbers(10), 9, 3])] })).toMatchObject({ doubled: 2, misplaced: 0, lost: 0 })
  expect(verdict({ readings: [reading([1, 0, ...numbers(10).slice(2)])] })).toMatchObject({ misplaced: 1, lost: 0 })
})

test('a piece of a token is out of order, and the token is lost', () => {
  const cut = SCRIPTED.numbersIn(`${textOf(numbers(9))}9`)
  expect(verdict({ readings: [reading(cut)] })).toMatchObject({ misplaced: 1, lost: 1 })
})

test('a reader without an end, a locked thread and a second run of the model are counted', () => {
  const tally = verdict({ readings: [{ ...reading(numbers(3)), end: undefined }], lock: 'HTTP 409', modelRuns: 2 })
  expect(tally).toMatchObject({ endless: 1, locked: 1, reran: 1, lost: 0 })
})

test('a thread that is not what its events come to differs', () => {
  const stored = thread(textOf(numbers(10)))
  expect(verdict({ events: eventsOf(thread('another text')), stored })).toMatchObject({ differing: 1 })
  expect(verdict({ stored: undefined })).toMatchObject({ differing: 1, lost: 10 })
})

test('an end that the fault does not explain, and two different ends, are complaints', () => {
  expect(isSound(verdict({ readings: [reading(numbers(10), 'failed')] }))).toBe(false)
  const both = [reading(numbers(10)), reading(numbers(10), 'interrupted')]
  expect(isSound(verdict({ readings: both }))).toBe(false)
})

test('what a reader saw broken is a complaint', () => {
  const complaining = { ...reading(numbers(10)), complaints: ['seq 7 after 5'] }
  expect(verdict({ readings: [complaining] }).complaints).toEqual(['m1: seq 7 after 5'])
})
