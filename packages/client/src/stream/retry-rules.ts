/** What a failure says about the next try: the last column of the contract's error table. */
import type { StreamFailure } from './stream-error.ts'

/** Whether the same may work a little later. */
export function mayWork({ type, code, status = 0 }: StreamFailure): boolean {
  if (type === 'timeout') return code !== 'timeout_total'
  if (type === 'http') return status >= 500 ? status !== 501 : /^(rate_limited|unavailable|server_error)$/.test(code)
  return type === 'network' || code === 'unreadable'
}

/** Whether another way may work: what the server itself refused it refuses there too. */
export function mayComeOtherwise({ type, status }: StreamFailure): boolean {
  return type === 'parse' || type === 'network' || status === 404 || status === 405 || status === 501
}
