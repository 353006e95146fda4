/** How a client of the buffered view wants its tokens. */
import { ChatKitError } from '@millrace/protocol'
import type { Buffering } from './buffered-view.ts'

export const MAX_BUFFER_SIZE = 1000
export const DEFAULT_FLUSH_MS = 100
const MAX_FLUSH_MS = 60_000

/**
 * `buffer_size` and `flush_ms` of a request's body; what is absent or null has its default.
 * @throws ChatKitError `invalid_request`: `param` names the field
 */
export function bufferingOf(body: unknown, { bufferSize }: { bufferSize: number }): Buffering {
  return {
    bufferSize: integer(body, 'buffer_size', { least: 1, most: MAX_BUFFER_SIZE }) ?? bufferSize,
    flushMs: integer(body, 'flush_ms', { least: 0, most: MAX_FLUSH_MS }) ?? DEFAULT_FLUSH_MS,
  }
}

function integer(body: unknown, name: string, { least, most }: { least: number; most: number }): number | undefined {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new ChatKitError('invalid_request', `\`${name}\` is a whole number from ${least} to ${most}.`, { param: name })
}
