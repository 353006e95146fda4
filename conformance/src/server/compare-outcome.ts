/** Holds what came out of a request against what was recorded. */
import type { Json, RequestCase, Response, StoreState, Write } from '../case.ts'
import { difference, sortRemovals } from '../compare.ts'
import { sameOp } from '../world.ts'
import type { Outcome } from './run-request.ts'

/** The first difference, or undefined. */
export function outcomeDifference(outcome: Outcome, expected: RequestCase): string | undefined {
  return (
    responseDifference(outcome.response, expected.response, outcome.error) ??
    framingDifference(outcome.rawFirstFrame, expected.raw_first_frame) ??
    prefixed('calls', difference(plain(outcome.calls), expected.calls ?? [], { dropNulls: true }))
  )
}

export function storeDifference(actual: StoreState, expected: StoreState): string | undefined {
  const withoutEmpty = (state: StoreState) => ({ ...state, attachments: state.attachments ?? [] })
  return prefixed('store_after', difference(plain(withoutEmpty(actual)), withoutEmpty(expected), { dropNulls: true }))
}

export function writesDifference(actual: readonly Write[], expected: readonly Write[] = []): string | undefined {
  return prefixed('writes', difference(lines(actual), lines(expected)))
}

/**
 * As {@link writesDifference}, for a retry: ours deletes the old answer together with the first item of the new one, the
 * reference before all else. So the place of deletions among the other writes is not compared.
 */
export function retryWritesDifference(actual: readonly Write[], expected: readonly Write[] = []): string | undefined {
  const isDeletion = ({ op }: Write) => op === 'delete_thread_item'
  const deletions = (writes: readonly Write[]) => lines(writes.filter(isDeletion)).sort()
  const others = (writes: readonly Write[]) => lines(writes.filter((write) => !isDeletion(write)))
  return prefixed(
    'writes',
    difference(others(actual), others(expected)) ?? difference(deletions(actual), deletions(expected)),
  )
}

function lines(writes: readonly Write[]): string[] {
  return writes.map(({ op, id }) => `${sameOp(op)}:${id}`)
}

function responseDifference(actual: Response, expected: Response, error: unknown): string | undefined {
  if (actual.kind !== expected.kind)
    return `expected ${expected.kind}, got ${actual.kind}${error ? ` (${String(error)})` : ''}`
  if (actual.kind === 'json' && expected.kind === 'json')
    return prefixed('body', difference(actual.body, expected.body))
  if (actual.kind === 'error' && expected.kind === 'error') {
    return prefixed('error', difference(actual.error.category, expected.error.category))
  }
  return prefixed('frames', difference(framesOf(actual), framesOf(expected)))
}

function framesOf(response: Response): Json[] {
  return sortRemovals('frames' in response ? (response.frames ?? []) : [])
}

/** `data: `, one line of JSON that is not escaped to ASCII, a blank line. */
function framingDifference(actual: string | undefined, expected: string | undefined): string | undefined {
  if (expected === undefined || actual === undefined) return undefined
  const isFrame = actual.startsWith('data: ') && actual.endsWith('\n\n') && !actual.slice(6, -2).includes('\n')
  if (!isFrame) return `the first frame is not framed as recorded: ${actual}`
  if (/[^\x00-\x7F]/.test(expected) && !/[^\x00-\x7F]/.test(actual)) return 'the first frame is escaped to ASCII'
  return undefined
}

function prefixed(prefix: string, found: string | undefined): string | undefined {
  return found === undefined ? undefined : `${prefix}: ${found}`
}

function plain<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value))
}
