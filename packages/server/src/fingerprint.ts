/** Tells a repeated request from another one that came with the same message id. */

/**
 * A 53-bit hash (two multiplicative 32-bit lanes) of a request's JSON. Not for security: message ids belong to their
 * owner, so a collision can only join a user to a run of their own.
 */
export function fingerprint(request: unknown): string {
  const text = JSON.stringify(request) ?? ''
  let low = 0xdeadbeef
  let high = 0x41c6ce57
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 2654435761)
    high = Math.imul(high ^ unit, 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return (4294967296 * (2097151 & high) + (low >>> 0)).toString(36)
}
