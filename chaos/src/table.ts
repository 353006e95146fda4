/** The result as a table in Markdown. */
import type { Tally } from './tally.ts'

export interface Row {
  title: string
  tally: Tally
}

const COLUMNS: readonly [head: string, cell: (tally: Tally) => string][] = [
  ['runs', ({ runs }) => `${runs}`],
  ['ended as', ({ ends }) => endsOf(ends)],
  ['readers', ({ readers }) => `${readers}`],
  ['tokens expected', ({ expected }) => expected.toLocaleString('en')],
  ['lost', ({ lost }) => `${lost}`],
  ['doubled', ({ doubled }) => `${doubled}`],
  ['out of order', ({ misplaced }) => `${misplaced}`],
  ['never saw an end', ({ endless }) => `${endless}`],
  ['threads locked', ({ locked }) => `${locked}`],
  ['store differs', ({ differing }) => `${differing}`],
  ['model ran twice', ({ reran }) => `${reran}`],
  ['slowest end', ({ slowestEndMs }) => (slowestEndMs === undefined ? '' : `${(slowestEndMs / 1000).toFixed(1)} s`)],
]

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ title, tally }) => [title, ...COLUMNS.map(([, cell]) => cell(tally))])
  const heads = ['fault', ...COLUMNS.map(([head]) => head)]
  const rule = ['---', ...COLUMNS.map(() => '---:')]
  return [heads, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function endsOf(ends: Tally['ends']): string {
  return Object.entries(ends)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([end, count]) => `${count} ${end}`)
    .join(', ')
}
