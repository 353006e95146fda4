import { cpus } from 'node:os'

/** `≤ 2.5 ✓`. What could not be measured is over its limit. */
export function verdict(value: number, limit: number, unit = ''): string {
  return `≤ ${limit}${unit && ` ${unit}`} ${value <= limit ? '✓' : '✗'}`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const marks = head.map((name, index) => (index === 0 || name === 'limit' ? '---' : '---:'))
  return [row(head), `|${marks.join('|')}|`, ...rows.map(row)].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

export function machine(chromium: string): string {
  return `Chromium ${chromium}, Node ${process.versions.node}, ${cpus().length} cores`
}

export function median(values: readonly number[]): number {
  return atShare(values, 0.5)
}

/** The value that so large a share of them does not exceed. */
export function atShare(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
