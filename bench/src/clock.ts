/**
 * Milliseconds by the machine's monotonic clock, the same in all its processes. `performance.timeOrigin` would not do: it is
 * the wall clock at the start of each, which may be set in between.
 */
export function clockMs(): number {
  return ORIGIN_MS + performance.now()
}

const ORIGIN_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now()
