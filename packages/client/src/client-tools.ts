/** Tools that run in the page: the model calls one, the page's handler answers, the answer goes back to the model. */
import { ChatKitError, type ClientToolCallItem } from '@millrace/protocol'
import { delay } from './backoff.ts'

export interface ClientToolCall {
  name: string
  params: Record<string, unknown>
}

/** Runs a client tool; what it returns (or its promise gives) goes to the model as JSON, `undefined` as `{}`. */
export type ClientToolHandler = (call: ClientToolCall) => unknown

/**
 * The handler's answer to a call. Whatever goes wrong (a throw, no answer within `limitMs`, no handler at all, something
 * that is no JSON) is told to the model as `{error}`, and to `onError`, so that the turn never hangs.
 * Rejects only when `signal` is aborted.
 */
export async function answerCall(
  call: ClientToolCallItem,
  handler: ClientToolHandler | undefined,
  { limitMs, signal, onError }: { limitMs: number; signal: AbortSignal; onError: (error: Error) => void },
): Promise<unknown> {
  const ended = new AbortController()
  const leave = () => ended.abort(signal.reason)
  signal.addEventListener('abort', leave)
  try {
    if (!handler) throw new ChatKitError('not_configured', `No handler for client tools: "${call.name}" was not run.`)
    const answer = Promise.resolve(handler({ name: call.name, params: call.arguments }))
    const result = await Promise.race([answer, limit(call.name, limitMs, ended.signal)])
    const json = JSON.stringify(result)
    return json === undefined ? {} : JSON.parse(json)
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    onError(error)
    return { error: error.message }
  } finally {
    signal.removeEventListener('abort', leave)
    ended.abort()
  }
}

async function limit(name: string, ms: number, signal: AbortSignal): Promise<never> {
  await delay(ms, signal)
  throw new ChatKitError('timeout_total', `The client tool "${name}" gave no answer within ${ms / 1000} s.`)
}

/**
 * Claims a call among the tabs of this origin, so that one of them runs it; resolves with what gives the claim back, or
 * with nothing where another tab has it. Where the browser has no locks, the claim is always granted.
 */
export async function claimCall(callId: string): Promise<(() => void) | undefined> {
  const locks: LockManager | undefined = globalThis.navigator?.locks
  if (!locks) return () => {}
  return new Promise((resolve) => {
    locks
      .request(`millrace:${callId}`, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      // a sandboxed frame may not use locks
      .catch(() => resolve(() => {}))
  })
}
