/** What an answer that stays on the page holds. */
import type { Bench } from '../browser.ts'
import { FLOOR, OURS, PEERS } from '../contenders.ts'
import { machine, table, verdict } from '../report.ts'
import { sample } from '../samples.ts'

const ANSWERS = 8
const MOST_MIB = 0.5
/** The libraries that render anew with each chunk are given long ones, or they would never end. */
const SIZE = { ours: 4, peers: 4000 }

export async function memoryReport(bench: Bench): Promise<string> {
  const text = sample('32k')
  const lines: string[][] = []
  for (const name of [FLOOR, OURS, ...PEERS]) {
    const open = await bench.open()
    try {
      const used = async () => {
        await open.devtools.send('HeapProfiler.collectGarbage')
        const { usedSize } = await open.devtools.send('Runtime.getHeapUsage')
        return usedSize / 2 ** 20
      }
      const empty = await used()
      const size = name === FLOOR || name === OURS ? SIZE.ours : SIZE.peers
      await open.page.evaluate(([name, text, answers, size]) => globalThis.bench.keep(name, text, answers, size), [
        name,
        text,
        ANSWERS,
        size,
      ] as const)
      const each = ((await used()) - empty) / ANSWERS
      lines.push([name, each.toFixed(2), name === OURS ? verdict(each, MOST_MIB, 'MiB') : ''])
    } finally {
      await open.close()
    }
  }
  return [
    `**Heap held by an answer of 32k characters** (${machine(bench.version)}; ${ANSWERS} on a page, over an empty one, code included)`,
    '',
    table(['renderer', 'MiB', 'limit'], lines),
  ].join('\n')
}
