/** What a chunk costs behind little text and behind much. */
import type { Bench } from '../browser.ts'
import { FLOOR, NOTHING, OURS } from '../contenders.ts'
import { machine, median, table, verdict } from '../report.ts'
import { sample } from '../samples.ts'
import { cost } from './cost.ts'

const SIZE = 4
const CHUNKS_PER_FRAME = 64
const LENGTHS = [2000, 96_000]
const ROUNDS = 4
const MOST_MS = 0.08
const MOST_GROWTH = 1.2

export async function growthReport(bench: Bench): Promise<string> {
  const names = [NOTHING, FLOOR, OURS]
  const answer = sample('100k')
  const written = sample('8k').slice(0, 6000)
  const costs = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      for (const length of LENGTHS) {
        // The same is written behind both: only what stands before it differs.
        const before = answer.slice(0, answer.lastIndexOf('\n\n', length) + 2)
        const text = `${before}${closed(before)}${written}`
        const from = text.length - written.length
        const ms = await cost(bench, name, { text, size: SIZE, chunksPerFrame: CHUNKS_PER_FRAME, from, follows: true })
        const key = `${name} ${length}`
        costs.set(key, [...(costs.get(key) ?? []), ms / (written.length / SIZE)])
      }
    }
  }
  const lines = names.map((name) => {
    const [small = Number.NaN, large = Number.NaN] = LENGTHS.map((length) => {
      const bare = costs.get(`${NOTHING} ${length}`) ?? []
      const mine = costs.get(`${name} ${length}`) ?? []
      return name === NOTHING ? median(mine) : median(mine.map((ms, round) => ms - (bare[round] ?? Number.NaN)))
    })
    const limit = name === OURS ? `${verdict(large, MOST_MS, 'ms')}, ${verdict(large / small, MOST_GROWTH, '×')}` : ''
    return [name, small.toFixed(3), large.toFixed(3), (large / small).toFixed(2), limit]
  })
  return [
    `**A chunk of ${SIZE} characters** (${machine(bench.version)}; main thread, ms a chunk, over what the chunks cost when nothing is shown; the reader is at the bottom; median of ${ROUNDS} rounds)`,
    '',
    table(['renderer', 'behind 2k', 'behind 96k', 'growth', 'limit'], lines),
  ].join('\n')
}

/** Ends a block of code in which the text was cut. */
function closed(text: string): string {
  return (text.match(/^```/gm)?.length ?? 0) % 2 === 0 ? '' : '```\n\n'
}
