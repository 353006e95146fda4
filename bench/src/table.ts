/** Results as a markdown table, ready for the README. */
import { cpus } from 'node:os'
import type { Measured } from './measure.ts'

export interface Limits {
  [label: string]: number
}

/** Ratios beside the limits that they are held to. */
export function ratioTable(title: string, unit: string, rows: readonly Measured[], limits: Limits): string {
  const lines = rows.map(({ label, cpuUs, ratio }) => {
    const limit = limits[label]
    return [label, cpuUs.toFixed(1), ratio.toFixed(2), limit === undefined ? '' : verdict(ratio, limit)]
  })
  return [`**${title}** (${machine()})`, '', table(['server', `CPU µs per ${unit}`, 'ratio', 'limit'], lines)].join(
    '\n',
  )
}

/** Every column but the first, and one called `limit`, holds figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const marks = head.map((name, index) => (index === 0 || name === 'limit' ? '---' : '---:'))
  return [row(head), `|${marks.join('|')}|`, ...rows.map(row)].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** `≤ 1.3 ✓`. What could not be measured is over its limit. */
export function verdict(value: number, limit: number, unit = ''): string {
  return `≤ ${limit}${unit && ` ${unit}`} ${value <= limit ? '✓' : '✗'}`
}

export function machine(): string {
  return `Node ${process.versions.node}, ${cpus().length} cores`
}
