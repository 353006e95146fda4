/** A transport that gives up on a server which says nothing. */
import { ChatKitError } from '@millrace/protocol'
import type { EventStream, SequencedEvent, Transport } from './transport.ts'

export interface TimeLimits {
  /** For a whole answer in JSON, in milliseconds. */
  answerMs: number
  /** From the request to the first event, in milliseconds. */
  firstEventMs: number
  /** From one event to the next, in milliseconds; only for a run that can be resumed: giving up on any other would end it. */
  betweenEventsMs: number
}

/** Throws `timeout_first_token` or `timeout_between_tokens` out of a silent stream. Any event counts, a heartbeat does not. */
export function withTimeouts(transport: Transport, limits: TimeLimits): Transport {
  return {
    async request(req, signal) {
      const watch = watchSilence(signal)
      watch.expect(limits.answerMs, 'timeout_total')
      try {
        return await transport.request(req, watch.signal)
      } finally {
        watch.stop()
      }
    },

    async stream(req, options) {
      const watch = watchSilence(options.signal)
      watch.expect(limits.firstEventMs, 'timeout_first_token')
      let stream: EventStream | undefined
      try {
        stream = await transport.stream(req, { ...options, signal: watch.signal })
      } finally {
        if (!stream) watch.stop()
      }
      return stream && { ...stream, [Symbol.asyncIterator]: () => watched(stream, watch) }
    },
  }

  async function* watched(source: AsyncIterable<SequencedEvent>, watch: Watch): AsyncGenerator<SequencedEvent> {
    try {
      for await (const entry of source) {
        const limit = entry.seq === undefined ? Number.POSITIVE_INFINITY : limits.betweenEventsMs
        watch.expect(limit, 'timeout_between_tokens')
        yield entry
      }
    } finally {
      watch.stop()
    }
  }
}

type Silence = 'timeout_first_token' | 'timeout_between_tokens' | 'timeout_total'
type Watch = ReturnType<typeof watchSilence>

/** A signal that is aborted with `outer`, or when `expect` was not called again in time. */
function watchSilence(outer: AbortSignal | undefined) {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let deadline = Number.POSITIVE_INFINITY
  let firesAt = Number.POSITIVE_INFINITY
  let code: Silence = 'timeout_first_token'

  function arm(): void {
    const wait = deadline - Date.now()
    firesAt = deadline
    // a limit beyond what a timer can hold is none
    timer = wait < 2 ** 31 ? setTimeout(look, wait) : undefined
    if (timer === undefined) firesAt = Number.POSITIVE_INFINITY
  }
  function look(): void {
    const message = 'The server has been silent for too long. Try again.'
    if (deadline > Date.now()) arm()
    else controller.abort(new ChatKitError(code, message, { status: 0 }))
  }
  function stop(): void {
    clearTimeout(timer)
    deadline = firesAt = Number.POSITIVE_INFINITY
    outer?.removeEventListener('abort', forward)
  }
  function forward(): void {
    stop()
    controller.abort(outer?.reason)
  }
  if (outer?.aborted) forward()
  else outer?.addEventListener('abort', forward)

  return {
    signal: controller.signal,
    /** Something came; the next must within `ms`. Called per event, so it touches no timer: that one looks when it fires. */
    expect(ms: number, about: Silence): void {
      deadline = Date.now() + ms
      code = about
      if (deadline >= firesAt) return
      clearTimeout(timer)
      arm()
    },
    stop,
  }
}
