/** Whether answers read right: in the end, on the way there, and for who selects or scrolls meanwhile. */
import type { Bench, OpenPage } from '../browser.ts'
import { OURS_EACH_CHUNK, PEERS } from '../contenders.ts'
import { machine, table, verdict } from '../report.ts'
import { constructs, finals, sample } from '../samples.ts'

const MOST_LEAKS_PERCENT = 0.5
const MOST_CHANGES = 2.5

export async function readingReport(bench: Bench): Promise<string> {
  const lines: string[][] = []
  for (const name of [OURS_EACH_CHUNK, ...PEERS]) {
    const open = await bench.open()
    try {
      lines.push(await read(open, name))
    } finally {
      await open.close()
    }
  }
  const head = [
    'renderer',
    'finals right',
    'prefixes that show syntax %',
    'seen as what they will be',
    'one go = in chunks',
    'changes a chunk',
    'selection stays',
    'moves under a reader px',
  ]
  return [
    `**Reading an answer** (${machine(bench.version)}; highlighting on, an answer of 2k characters in chunks of 4, written out after each)`,
    '',
    table(head, lines),
    '',
    `Limits for ${OURS_EACH_CHUNK}: ${limits(lines[0] ?? [])}.`,
  ].join('\n')
}

async function read({ page }: OpenPage, name: string): Promise<string[]> {
  const endings = finals()
  const wrong = await page.evaluate(([name, all]) => globalThis.bench.wrongFinals(name, all), [name, endings] as const)
  const written = constructs()
  const { all, leaking, missing } = await page.evaluate(([name, all]) => globalThis.bench.prefixes(name, all), [
    name,
    written,
  ] as const)
  const text = sample('2k')
  const isSame = await page.evaluate(([name, text]) => globalThis.bench.isSameAsWhole(name, text, 4), [
    name,
    text,
  ] as const)
  const changes = await page.evaluate(([name, text]) => globalThis.bench.changesPerChunk(name, text, 4), [
    name,
    text,
  ] as const)
  const keeps = await page.evaluate((name) => globalThis.bench.keepsSelection(name), name)
  const moved = await page.evaluate(([name, text]) => globalThis.bench.movesUnderReader(name, text), [
    name,
    sample('8k'),
  ] as const)
  return [
    name,
    `${endings.length - wrong.length} of ${endings.length}`,
    ((100 * leaking) / all).toFixed(1),
    `${written.length - missing.length} of ${written.length}`,
    isSame ? 'yes' : 'no',
    changes.toFixed(2),
    keeps ? 'yes' : 'no',
    moved.toFixed(0),
  ]
}

function limits([, right = '', leaks = '', , isSame, changes = '', keeps, moved]: readonly string[]): string {
  const tick = (holds: boolean) => (holds ? '✓' : '✗')
  const [found, all] = right.split(' of ')
  return [
    `finals all ${tick(found === all)}`,
    `syntax ${verdict(Number(leaks), MOST_LEAKS_PERCENT, '%')}`,
    `the same ${tick(isSame === 'yes')}`,
    `changes ${verdict(Number(changes), MOST_CHANGES)}`,
    `selection ${tick(keeps === 'yes')}`,
    `moves ${verdict(Number(moved), 0, 'px')}`,
  ].join(', ')
}
