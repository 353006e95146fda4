/** The state of one stream after the other, and the verbs that change it. How a run is read is in `stream-run.ts`. */
import { browserNetwork } from '../backoff.ts'
import { Observable } from '../observable.ts'
import { BufferSize } from './buffer-size.ts'
import { pollingLater, websocketLater, wholeLater } from './lazy-transport.ts'
import { type Remembered, sessionMemory } from './remembered.ts'
import { RunMetrics } from './run-metrics.ts'
import { sseTransport } from './sse.ts'
import { streamHttp } from './stream-http.ts'
import { type RunEnd, type RunOptions, StreamRun } from './stream-run.ts'
import type { StartBody } from './stream-transport.ts'
import { TokenBuffer } from './token-buffer.ts'
import type {
  StreamClient,
  StreamEvent,
  StreamOptions,
  StreamState,
  StreamToken,
  StreamTransportName,
} from './types.ts'
import { timeLimits } from './watch.ts'

/**
 * A client of the plain endpoints: sends a message, shows its answer while it is written, and goes on where a connection
 * broke. Nothing happens before `start`, `attach` or `restore`.
 * @param before What is shown until then: the state of the client whose place this one takes, or one that was kept.
 * @throws TypeError for a `bufferSize` that is none
 * @example
 * const client = createStreamClient({ url: 'http://127.0.0.1:8000' })
 * client.subscribe(() => show(client.getSnapshot().response))
 * const { response, error } = await client.start('What is a mill race?')
 */
export function createStreamClient(options: StreamOptions = {}, before?: StreamState): StreamClient {
  const { maxRetries = 3, retryDelay = 1000, flushMs = 100, maxPending = 100, transport = 'sse', onEvent } = options
  const http = streamHttp(options)
  const transports = waysOf(transport, options, http)
  const limits = timeLimits(options.timeout)
  const memory = sessionMemory(options.resumeKey)
  const log = options.debug ? import('./debug-log.ts').then(({ debugLog }) => debugLog()) : undefined
  const size = new BufferSize(options.bufferSize)
  const tokenListeners = new Set<(token: StreamToken) => void>()
  let listeners = 0
  /** The transport to begin with. */
  let rung = 0
  let metrics = new RunMetrics()
  let current: { run: StreamRun; done: Promise<StreamState> } | undefined
  /** Text was shown that the snapshot lacks, and nobody is told of. */
  let isBehind = false

  const buffer = new TokenBuffer({
    size,
    flushMs,
    maxPending,
    isWatched: () => listeners > 0,
    onFrame() {
      state.invalidate('soon')
      state.flush()
    },
  })
  const idle: StreamState = {
    response: '',
    isStreaming: false,
    isPaused: false,
    error: null,
    metrics: metrics.get(),
    messageId: undefined,
    threadId: undefined,
    attempt: 0,
    method: transports[0].method,
    bufferSize: size.size,
    connectionState: 'idle',
    outcome: undefined,
  }
  const { isStreaming, isPaused, bufferSize } = idle
  const state = new Observable<StreamState>({ ...idle, ...before, isStreaming, isPaused, bufferSize }, () => {
    isBehind = false
    return { response: buffer.text, metrics: metrics.get(), bufferSize: size.size }
  })

  /** Told of each event; who listens may fail, and that is not the run's failure. */
  function tell(event: StreamEvent): void {
    if (event.type === 'token') {
      metrics.tokens += 1
      if (metrics.tokens === 1) metrics.firstToken()
      isBehind = listeners === 0
      for (const listener of tokenListeners) safely(listener, event)
    }
    if (onEvent) safely(onEvent, event)
    log?.then((lines) => lines.event(event))
  }

  function begin(what: Remembered, after = 0): Promise<StreamState> {
    const { messageId } = what
    // one that was left a moment ago is taken up anew: StrictMode leaves and comes back in one go
    if (current?.run.messageId === messageId && !current.run.isOver) return current.done
    const last = current
    const run = new StreamRun({
      messageId,
      body: bodyOf(what),
      after,
      transports,
      rung,
      http,
      buffer,
      network: browserNetwork,
      limits,
      maxRetries,
      retryDelay,
      tell: {
        change: (patch) => state.set(patch),
        event: tell,
        resumed: () => {
          metrics.resumes += 1
        },
      },
    })
    memory.save(what)
    const done = follow(run, what, last)
    current = { run, done }
    return done
  }

  async function follow(run: StreamRun, what: Remembered, last: typeof current): Promise<StreamState> {
    if (last) {
      buffer.resume()
      void last.run.stop()
      await last.done
    }
    for (const way of transports) way.prepare?.()
    metrics = new RunMetrics(performance.now())
    buffer.reset()
    const { messageId, threadId } = what
    const method = (transports[rung] ?? transports[0]).method
    state.set({
      ...idle,
      metrics: metrics.get(),
      messageId,
      threadId,
      method,
      isStreaming: true,
      connectionState: 'connecting',
    })
    log?.then((lines) => lines.line(`${messageId} begins, ${transport}`))
    const { outcome, error, mayGoOn } = await run.follow()
    metrics.end()
    // A pause outlasts the run: what it said meanwhile is shown, and its end told, when somebody wants to read on.
    await buffer.resumed()
    buffer.finish()
    rung = run.nextRung
    if (!mayGoOn && memory.load()?.messageId === messageId) memory.clear()
    if (current?.run === run) current = undefined
    tellEnd({ outcome, error })
    state.invalidate('soon')
    state.set({
      isStreaming: false,
      isPaused: false,
      attempt: 0,
      connectionState: 'closed',
      outcome,
      error,
    })
    const ended = state.get()
    log?.then((lines) => lines.end(ended))
    return ended
  }

  function tellEnd({ outcome, error }: RunEnd): void {
    if (error) tell({ type: 'error', error })
    if (outcome === 'completed') tell({ type: 'complete' })
    if (outcome === 'stopped') tell({ type: 'cancelled' })
  }

  return {
    getSnapshot() {
      if (isBehind) state.invalidate('soon')
      return state.get()
    },
    subscribe(listener) {
      const unsubscribe = state.subscribe(listener)
      let isSubscribed = true
      listeners += 1
      return () => {
        if (isSubscribed) listeners -= 1
        isSubscribed = false
        unsubscribe()
      }
    },
    onToken(listener) {
      // wrapped, so that the same function given twice is called twice and each can leave by itself
      const entry = (token: StreamToken) => listener(token)
      tokenListeners.add(entry)
      return () => tokenListeners.delete(entry)
    },
    start: (message, { messageId = newMessageId(), ...rest } = {}) => begin({ messageId, message, ...rest }),
    attach: (messageId, after = 0) => begin({ messageId }, after),
    restore() {
      const entry = memory.load()
      return entry && begin(entry)
    },
    async stop() {
      buffer.resume()
      await current?.run.stop()
      await current?.done
    },
    pause() {
      if (!current) return
      buffer.pause()
      state.set({ isPaused: true })
    },
    resume() {
      if (!buffer.isPaused) return
      buffer.resume()
      state.set({ isPaused: false })
    },
    close() {
      current?.run.leave({ outcome: undefined, error: null, mayGoOn: true })
      buffer.resume()
    },
  }
}

/** As the ids of `@millrace/protocol`, in a fifth of the code: 128 random bits that nobody guesses, safe in a URL. */
function newMessageId(): string {
  return `msg_${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join('')}`
}

type Ways = RunOptions['transports']

function waysOf(name: StreamTransportName, options: StreamOptions, http: ReturnType<typeof streamHttp>): Ways {
  switch (name) {
    case 'sse':
      return [sseTransport(http)]
    case 'websocket':
      return [websocketLater(options, http)]
    case 'polling':
      return [pollingLater(http)]
    case 'whole':
      return [wholeLater(http)]
    case 'hybrid':
      return [sseTransport(http), pollingLater(http), wholeLater(http)]
    default:
      throw new TypeError(`\`transport\` can't be ${String(name satisfies never)}.`)
  }
}

function bodyOf({ messageId, message, threadId, metadata }: Remembered): StartBody | undefined {
  return message === undefined ? undefined : { message, message_id: messageId, thread_id: threadId, metadata }
}

function safely<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value)
  } catch (error) {
    console.error('[Stream] A listener failed.', error)
  }
}
