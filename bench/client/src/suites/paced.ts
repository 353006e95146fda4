/** The end of a long answer at a model's pace, while the reader types. */
import type { Bench } from '../browser.ts'
import { FLOOR, OURS, OURS_IN_REACT, PEERS } from '../contenders.ts'
import { mainThread } from '../main-thread.ts'
import type { Smoothness } from '../page/paced.ts'
import { atShare, machine, median, table, verdict } from '../report.ts'
import { sample } from '../samples.ts'

const CHUNKS_PER_SECOND = 100
const SIZE = 4
const WRITTEN = 2400
const KEY_EVERY_MS = 47
const ROUNDS = 3
const MOST_POINTS = 5
const MOST_KEY_MS = 34
const MOST_TASK_MS = 50
const MOST_BEHIND_MS = 100

interface Round extends Smoothness {
  busyPercent: number
}

export async function pacedReport(bench: Bench): Promise<string> {
  const text = sample('32k')
  const names = [FLOOR, OURS, OURS_IN_REACT, ...PEERS]
  const rounds = new Map<string, Round[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round === 0 ? names : names.slice(0, 3)) {
      rounds.set(name, [...(rounds.get(name) ?? []), await write(bench, name, text)])
    }
  }
  const busy = (name: string) => median((rounds.get(name) ?? []).map(({ busyPercent }) => busyPercent))
  const lines = names.map((name) => {
    const mine = rounds.get(name) ?? []
    const points = busy(name) - busy(FLOOR)
    const key = atShare(
      mine.flatMap(({ keyDelaysMs }) => keyDelaysMs),
      0.99,
    )
    const longest = Math.max(0, ...mine.flatMap(({ longTasksMs }) => longTasksMs))
    const behind = Math.max(...mine.map(({ behindMs }) => behindMs))
    const limits = [
      verdict(points, MOST_POINTS, 'points'),
      verdict(key, MOST_KEY_MS, 'ms'),
      longest > MOST_TASK_MS ? 'a long task ✗' : 'no long task ✓',
      behind > MOST_BEHIND_MS ? 'falls behind ✗' : 'keeps up ✓',
    ]
    const figures = [busy(name).toFixed(1), points.toFixed(1), key.toFixed(1), longest > 0 ? longest.toFixed(0) : '–']
    return [name, ...figures, behind.toFixed(0), name === OURS ? limits.join(', ') : '']
  })
  return [
    `**${CHUNKS_PER_SECOND} chunks a second at 32k characters** (${machine(bench.version)}; the last ${WRITTEN} characters, a reader at the bottom who types; median of ${ROUNDS} rounds, the other libraries one)`,
    '',
    table(
      [
        'renderer',
        'busy %',
        'points over the floor',
        'key to frame p99 ms',
        'longest task over 50 ms',
        'behind ms',
        'limit',
      ],
      lines,
    ),
  ].join('\n')
}

async function write(bench: Bench, name: string, text: string): Promise<Round> {
  const open = await bench.open()
  const { page } = open
  try {
    let isWriting = true
    const how = { text, size: SIZE, chunksPerSecond: CHUNKS_PER_SECOND, from: text.length - WRITTEN }
    const measured = mainThread(open, () =>
      page.evaluate(([name, how]) => globalThis.bench.paced(name, how), [name, how] as const),
    ).finally(() => {
      isWriting = false
    })
    while (isWriting) {
      await page.keyboard.press('a')
      await new Promise((resolve) => setTimeout(resolve, KEY_EVERY_MS))
    }
    const { busyMs, wallMs, result } = await measured
    return { busyPercent: (100 * busyMs) / wallMs, ...result }
  } finally {
    await open.close()
  }
}
