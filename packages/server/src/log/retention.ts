/** How long ended runs are kept, and who sees to it. */

export interface Retention {
  /** How long the entries of an ended run can be read, in milliseconds. Default 600,000. */
  retentionMs?: number
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
}

export const RETENTION_MS = 600_000

/** For so long after its entries are gone, that a run was is still known: a late repeat of its message id runs nothing. */
export const FORGET_AFTER_MS = 24 * 60 * 60 * 1000

/** What is over counts as gone at once; sweeping only frees its space, so it may be late. */
export function sweepIntervalMs(retentionMs: number): number {
  return Math.min(Math.max(retentionMs / 2, 1000), 60_000)
}
