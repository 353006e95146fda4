/** Of many measurements: how long half of them took at most, and 99 of 100. */

export interface Percentiles {
  count: number
  p50: number
  p99: number
  max: number
}

export function percentiles(values: Iterable<number>): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
