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
    const verdict = limit === undefined ? '' : `≤ ${limit} ${ratio <= limit ? '✓' : '✗'}`
    return `| ${label} | ${cpuUs.toFixed(1)} | ${ratio.toFixed(2)} | ${verdict} |`
  })
  return [
    `**${title}** (${machine()})`,
    '',
    `| server | CPU µs per ${unit} | ratio | limit |`,
    '|---|---:|---:|---|',
    ...lines,
  ].join('\n')
}

export function machine(): string {
  return `Node ${process.versions.node}, ${cpus().length} cores`
}
