/** The state of one stream after the other, and the verbs that change it. How a run is read is in `stream-run.ts`. */
import { browserNetwork } from '../backoff.ts'
import { Observable, safely } from '../observable.ts'
import { BufferSize } from './buffer-size.ts'
import type { DebugLog } from './debug-log.ts'
import type { Remembered } from './remembered.ts'
import { RunMetrics } from './run-metrics.ts'
import { settingsOf } from './settings.ts'
import { toFailure } from './stream-error.ts'
import { type RunProgress, StreamRun } from './stream-run.ts'
import type { StartBody } from './stream-transport.ts'
import { TokenBuffer } from './token-buffer.ts'
import type { StreamClient, StreamEvent, StreamOptions, StreamState, StreamToken } from './types.ts'
import { loadStopping, loadWhileItBegins } from './while-it-begins.ts'

/** A run that is to be read, and how far it was. */
interface Reading {
  what: Remembered
  progress: RunProgress
}

interface Current {
  run: StreamRun
  reading: Reading
  done: Promise<StreamState>
  /** The one in whose place it comes, which is being stopped. */
  last: Current | undefined
}

/**
 * A client of the plain endpoints: sends a message, shows its answer while it is written, and goes on where a connection
 * broke. Nothing happens before `start`, `attach` or `restore`.
 * @throws TypeError for a wrong option; it names the option
 * @example
 * const client = createStreamClient({ url: 'http://127.0.0.1:8000' })
 * client.subscribe(() => show(client.getSnapshot().response))
 * const { response, error } = await client.start('What is a mill race?')
 */
export function createStreamClient(options: StreamOptions = {}): StreamClient {
  let settings = settingsOf(options)
  const size = new BufferSize()
  const tokenListeners = new Set<(token: StreamToken) => void>()
  let listeners = 0
  /** The transport to begin with. */
  let rung = 0
  let metrics = new RunMetrics()
  let current: Current | undefined
  /** What was not read to its end, and may be read on. */
  let left: Reading | undefined
  /** Text was shown that the snapshot lacks, and nobody is told of. */
  let isBehind = false
  let log: Promise<DebugLog | undefined> | undefined

  const buffer = new TokenBuffer({
    size,
    isWatched: () => listeners > 0,
    onFrame() {
      state.invalidate()
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
    method: settings.transports[0].method,
    bufferSize: 1,
    connectionState: 'idle',
    outcome: undefined,
  }
  const state = new Observable<StreamState>(idle, () => {
    isBehind = false
    return { response: buffer.text, metrics: metrics.get(), bufferSize: size.size }
  })

  function setOptions(next: StreamOptions): void {
    const nextSettings = settingsOf(next)
    size.set(next.bufferSize)
    settings = nextSettings
    buffer.flushMs = settings.flushMs
    buffer.maxPending = settings.maxPending
    rung = 0
    state.set({ bufferSize: size.size })
    // a log that can't be loaded is none
    if (next.debug)
      log ??= import('./debug-log.ts').then(({ debugLog }) => debugLog(() => state.get())).catch(() => undefined)
  }

  /** Told of each event; who listens may fail, and that is not the run's failure. */
  function tell(event: StreamEvent): void {
    if (event.type === 'token') {
      metrics.tokens += 1
      if (metrics.tokens === 1) metrics.firstToken()
      isBehind = listeners === 0
      for (const listener of tokenListeners) safely(listener, event)
    }
    if (settings.onEvent) safely(settings.onEvent, event)
    log?.then((write) => write?.(event))
  }

  /** `isMore`: what was read of it before is on the screen, and stays. */
  function begin(reading: Reading, isMore = false): Promise<StreamState> {
    const { what, progress } = reading
    const { messageId } = what
    // one that was left a moment ago is taken up anew: StrictMode leaves and comes back in one go
    if (current?.run.messageId === messageId && !current.run.isOver) return current.done
    const last = current
    left = undefined
    const run = new StreamRun({
      ...settings,
      messageId,
      body: bodyOf(what),
      progress,
      rung,
      buffer,
      network: browserNetwork,
      tell: {
        change: (patch) => state.set(patch),
        event: tell,
        resumed: () => {
          metrics.resumes += 1
        },
      },
    })
    settings.memory.save(what)
    const done = follow(run, reading, last, isMore)
    current = { run, reading, last, done }
    return done
  }

  async function follow(run: StreamRun, reading: Reading, last: Current | undefined, isMore: boolean) {
    const { memory, transports } = settings
    const { messageId, threadId } = reading.what
    if (last) {
      buffer.resume()
      void last.run.stop()
      await last.done
      last.last = undefined
    }
    if (!run.isOver) {
      for (const way of transports) way.prepare?.()
      loadWhileItBegins()
      const begins = { isStreaming: true, connectionState: 'connecting' } as const
      if (isMore) {
        metrics.goOn()
        state.set({ ...begins, error: null, outcome: undefined })
      } else {
        metrics = new RunMetrics(performance.now())
        buffer.reset()
        const { method } = transports[rung] ?? transports[0]
        state.set({ ...idle, bufferSize: size.size, metrics: metrics.get(), messageId, threadId, method, ...begins })
      }
    }
    const { outcome, error, mayGoOn } = await run.follow()
    metrics.end()
    const isLast = () => current?.run === run
    // A pause outlasts the run: what it said meanwhile is shown, and its end told, when somebody wants to read on.
    if (isLast()) await buffer.resumed()
    buffer.finish()
    rung = run.nextRung
    if (mayGoOn) {
      if (isLast()) left ??= reading
    } else memory.clear(messageId)
    if (isLast()) current = undefined
    if (error) tell({ type: 'error', error })
    if (outcome === 'completed') tell({ type: 'complete' })
    if (outcome === 'stopped') tell({ type: 'cancelled' })
    state.invalidate()
    state.set({ isStreaming: false, isPaused: false, attempt: 0, connectionState: 'closed', outcome, error })
    return state.get()
  }

  /** Nobody reads it here, and yet it goes on at the server. */
  async function stopLeft({ what: { messageId } }: Reading): Promise<void> {
    settings.memory.clear(messageId)
    await loadStopping()
      .then(({ stopUnread }) => stopUnread(messageId, settings))
      .then(
        () => state.set({ outcome: 'stopped', error: null }),
        (error) => state.set({ error: toFailure(error) }),
      )
  }

  setOptions(options)
  return {
    getSnapshot() {
      if (isBehind) state.invalidate()
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
    start: (message, { messageId = newMessageId(), ...rest } = {}) => begin(readingOf({ messageId, message, ...rest })),
    attach: (messageId, after = 0) => begin(readingOf({ messageId }, after)),
    restore() {
      if (left) return begin(left, left.what.messageId === state.get().messageId)
      const what = settings.memory.load()
      return what && begin(readingOf(what))
    },
    async stop() {
      buffer.resume()
      const reading = left
      await current?.run.stop()
      await current?.done
      if (reading) await stopLeft(reading)
      if (left === reading) left = undefined
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
      if (current && !current.run.isOver) left = current.reading
      for (let it = current; it; it = it.last) it.run.leave({ outcome: undefined, error: null, mayGoOn: true })
      buffer.resume()
    },
    setOptions,
  }
}

function readingOf(what: Remembered, after = 0): Reading {
  const isKnown = what.message === undefined
  return { what, progress: { after, characters: 0, isKnown, isTold: false } }
}

/** As the ids of `@millrace/protocol`, in a fifth of the code: 128 random bits that nobody guesses, safe in a URL. */
function newMessageId(): string {
  return `msg_${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(36)).join('')}`
}

function bodyOf({ messageId, message, threadId, metadata }: Remembered): StartBody | undefined {
  return message === undefined ? undefined : { message, message_id: messageId, thread_id: threadId, metadata }
}
