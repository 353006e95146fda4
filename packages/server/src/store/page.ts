/** One page out of the rows that were fetched for it: one more than it may hold, which tells whether more remain. */
import type { Page } from '@millrace/protocol'

export function toPage<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return rows.length > limit && last ? { data, has_more: true, after: last.id } : { data, has_more: false }
}
