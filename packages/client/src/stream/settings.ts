/** The options of a client, checked, as its next run takes them. */
import { pollingLater, websocketLater, wholeLater } from './lazy-transport.ts'
import { type Memory, sessionMemory } from './remembered.ts'
import { sseTransport } from './sse.ts'
import { type StreamHttp, streamHttp } from './stream-http.ts'
import type { StreamTransport } from './stream-transport.ts'
import type { StreamOptions, StreamTimeouts, StreamTransportName } from './types.ts'
import { timeLimits } from './watch.ts'

/** Timers take no more. */
const MAX_TIMER_MS = 2 ** 31 - 1

export interface Settings {
  http: StreamHttp
  /** The ways to try, the best first. */
  transports: readonly [StreamTransport, ...StreamTransport[]]
  limits: Required<StreamTimeouts>
  memory: Memory
  maxRetries: number
  retryDelay: number
  flushMs: number
  maxPending: number
  onEvent: StreamOptions['onEvent']
}

/** @throws TypeError that names the option which is wrong */
export function settingsOf(options: StreamOptions): Settings {
  const { maxRetries = 3, retryDelay = 1000, flushMs = 100, maxPending = 100, resumeKey, onEvent } = options
  const limits = timeLimits(options.timeout)
  const numbers: Record<string, number> = { maxRetries, retryDelay, flushMs, maxPending, ...limits }
  for (const name in numbers) {
    if (!((numbers[name] as number) >= 0)) throw new TypeError(`\`${name}\` is a number from 0 on.`)
  }
  const http = streamHttp(options)
  return {
    http,
    transports: waysOf(options, http),
    limits,
    memory: sessionMemory(resumeKey),
    maxRetries,
    retryDelay,
    flushMs: Math.min(flushMs, MAX_TIMER_MS),
    maxPending: Math.max(1, maxPending),
    onEvent,
  }
}

function waysOf(options: StreamOptions, http: StreamHttp): Settings['transports'] {
  const { transport = 'sse' } = options
  const sse = sseTransport(http)
  const polling = pollingLater(http)
  const whole = wholeLater(http)
  const ways: Record<StreamTransportName, Settings['transports']> = {
    sse: [sse],
    websocket: [websocketLater(options, http)],
    polling: [polling],
    whole: [whole],
    hybrid: [sse, polling, whole],
  }
  if (Object.hasOwn(ways, transport)) return ways[transport]
  throw new TypeError(`\`transport\` is one of ${Object.keys(ways)}.`)
}
