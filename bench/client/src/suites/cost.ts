/** What a whole answer costs the main thread, against the floor. */
import type { Bench } from '../browser.ts'
import { FAST, FLOOR, OURS, OURS_IN_REACT, SLOW } from '../contenders.ts'
import { mainThread } from '../main-thread.ts'
import type { Flood } from '../page/flood.ts'
import { machine, median, table, verdict } from '../report.ts'
import { sample } from '../samples.ts'

const SIZE = 4
/** As fast as chunks are taken, with a frame drawn now and then. */
const CHUNKS_PER_FRAME = 64
const MOST = 2.5
const MOST_IN_REACT = 1.2
/** What is measured of the slow ones, evenly spread over the answer: so many stretches of so many chunks. */
const STRETCHES = 3
const STRETCH_CHUNKS = 8

interface Row {
  name: string
  ms: number
  ratio: number
}

export async function costReport(bench: Bench): Promise<string> {
  const parts: string[] = []
  for (const [size, rounds] of [
    ['32k', 4],
    ['100k', 2],
  ] as const) {
    const text = sample(size)
    const rows = await takeTurns(bench, text, rounds)
    const ours = rows.find(({ name }) => name === OURS)
    for (const name of SLOW) {
      const ms = await sampled(bench, name, text)
      rows.push({ name: `${name} (sampled)`, ms, ratio: ms / (rows[0]?.ms ?? Number.NaN) })
    }
    const lines = rows.map(({ name, ms, ratio }) => [
      name,
      ms.toFixed(0),
      ratio.toFixed(2),
      limitOf(name, ratio, ms, ours),
    ])
    parts.push(
      `**An answer of ${size} characters in chunks of ${SIZE}** (${machine(bench.version)}; main thread in all, a frame each ${CHUNKS_PER_FRAME} chunks, median of ${rounds} rounds in which they take turns)`,
      '',
      table(['renderer', 'ms', '× floor', 'limit'], lines),
      '',
    )
  }
  parts.push(
    `Sampled: ${STRETCHES} stretches of ${STRETCH_CHUNKS} chunks, spread over the answer, stand for all of it.`,
  )
  return parts.join('\n')
}

function limitOf(name: string, ratio: number, ms: number, ours: Row | undefined): string {
  if (name === OURS) return verdict(ratio, MOST)
  if (name === OURS_IN_REACT) return `${verdict(ms / (ours?.ms ?? Number.NaN), MOST_IN_REACT, `× ${OURS}`)}`
  return ''
}

async function takeTurns(bench: Bench, text: string, rounds: number): Promise<Row[]> {
  const names = [FLOOR, OURS, OURS_IN_REACT, ...FAST]
  const costs = names.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, name] of names.entries()) {
      costs[index]?.push(await cost(bench, name, { text, size: SIZE, chunksPerFrame: CHUNKS_PER_FRAME }))
    }
  }
  const floor = costs[0] ?? []
  return names.map((name, index) => {
    const mine = costs[index] ?? []
    return { name, ms: median(mine), ratio: median(mine.map((ms, round) => ms / (floor[round] ?? Number.NaN))) }
  })
}

async function sampled(bench: Bench, name: string, text: string): Promise<number> {
  const stretch = STRETCH_CHUNKS * SIZE
  let ms = 0
  for (let part = 0; part < STRETCHES; part++) {
    const from = Math.floor(((part + 0.5) / STRETCHES) * text.length)
    ms += await cost(bench, name, { text, size: SIZE, chunksPerFrame: CHUNKS_PER_FRAME, from, to: from + stretch })
  }
  return (ms / (STRETCHES * stretch)) * text.length
}

export async function cost(bench: Bench, name: string, how: Flood): Promise<number> {
  const open = await bench.open()
  try {
    const { busyMs } = await mainThread(open, () =>
      open.page.evaluate(([name, how]) => globalThis.bench.flood(name, how), [name, how] as const),
    )
    return busyMs
  } finally {
    await open.close()
  }
}
