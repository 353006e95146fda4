/**
 * The life of a hook's stream client: it is made in a render, where nothing may happen yet, lives while the component is
 * subscribed, and comes back where the component does.
 */
import {
  createStreamClient,
  type StartOptions,
  type StreamClient,
  type StreamOptions,
  type StreamState,
} from '@millrace/client/stream'
import { type Reads, trackReads } from './track-reads.ts'

/** What can be done with a stream. The functions stay the same from render to render. */
export interface StreamVerbs {
  /**
   * Sends a message; an answer that is under way is stopped first. Resolves with the state at its end, or with `outcome`
   * undefined where the component has gone before; never rejects: see `error`. Of several calls in one turn of the event
   * loop the last one counts.
   */
  startStream(message: string, options?: StartOptions): Promise<StreamState>
  /** Asks the server to stop the answer; what was said stays. Resolves once it has ended. */
  stopStream(): Promise<void>
  /** Holds text back; nothing is lost. */
  pauseStream(): void
  resumeStream(): void
  /** For components that subscribe themselves: `<StreamingMarkdown stream={…}>`. */
  readonly client: StreamClient
}

/** A stream as a component sees it. Reading a field subscribes to that field: who reads no text renders for none. */
export type StreamResult = Readonly<StreamState> & StreamVerbs

export interface StreamSession<Extra extends object> {
  /** Takes the options of the last render. @throws TypeError for a wrong one */
  follow(options: StreamOptions): void
  readonly reads: Reads<StreamResult & Extra>
}

/** `extend` adds to the verbs, or replaces some. */
export function openSession<Extra extends object>(
  options: StreamOptions,
  extend: (verbs: StreamVerbs) => Extra,
): StreamSession<Extra> {
  const followed = { options }
  const client = createStreamClient({ ...options, ...newestOf(followed) })
  let key = keyOf(options)
  let hasLeft = false
  let onEntered = () => {}
  /** Effects of children and layout effects come before the subscription. */
  let entered = untilEntered()
  /** Left in the middle of an answer. */
  let isInterrupted = false
  /** Number of the last intention: whoever waited for the turn's end and finds another number was overtaken. */
  let intention = 0
  /** Something is to happen when this turn is over. */
  let isPending = false

  /** Gives up what was wanted and has not happened yet. */
  function forget(): void {
    intention += 1
    isPending = false
  }

  function untilEntered(): Promise<void> {
    return new Promise((resolve) => {
      onEntered = resolve
    })
  }

  /**
   * Does it when this turn is over, if nothing else is wanted by then. StrictMode mounts everything twice in one turn, and
   * an answer that is asked for in an effect must not be asked for twice.
   */
  async function soon(work: () => Promise<StreamState> | undefined): Promise<StreamState> {
    forget()
    const own = intention
    isPending = true
    // a component that is gone may come back in this turn, and may not
    await (hasLeft ? Promise.race([entered, nextTask()]) : entered)
    if (own !== intention || hasLeft) return client.getSnapshot()
    isPending = isInterrupted = false
    return (await work()) ?? client.getSnapshot()
  }

  function enter(listener: () => void): () => void {
    hasLeft = false
    onEntered()
    const unsubscribe = client.subscribe(listener)
    // what was asked for before counts more
    if (!isPending && (isInterrupted || followed.options.resumeKey !== undefined)) void soon(() => client.restore())
    return () => {
      isInterrupted ||= client.getSnapshot().isStreaming
      hasLeft = true
      entered = untilEntered()
      forget()
      unsubscribe()
      client.close()
    }
  }

  const verbs: StreamVerbs = {
    startStream: (message, start) => soon(() => client.start(message, start)),
    stopStream() {
      forget()
      isInterrupted = false
      return client.stop()
    },
    pauseStream() {
      if (isPending) void entered.then(client.pause)
      else client.pause()
    },
    resumeStream: () => client.resume(),
    client,
  }
  const source = { getSnapshot: () => client.getSnapshot(), subscribe: enter }
  return {
    follow(newest) {
      followed.options = newest
      const newKey = keyOf(newest)
      if (newKey === key) return
      key = newKey
      client.setOptions({ ...newest, ...newestOf(followed) })
    },
    reads: trackReads(source, { ...verbs, ...extend(verbs) }),
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

/** Options may be written in place: it is their values that count, and of functions whether there is one. */
function keyOf(options: StreamOptions): string {
  return JSON.stringify(options, (_, value) => (typeof value === 'function' ? true : value))
}

/** Functions are written anew in every render: what is called is always the newest. */
function newestOf(followed: { options: StreamOptions }): StreamOptions {
  const { fetch: given, headers, getClientSecret, webSocket, onEvent } = followed.options
  return {
    ...(given && { fetch: (url, init) => (followed.options.fetch ?? given)(url, init) }),
    ...(headers && { headers: () => (followed.options.headers ?? headers)() }),
    ...(getClientSecret && { getClientSecret: (old) => (followed.options.getClientSecret ?? getClientSecret)(old) }),
    ...(webSocket && { webSocket: (url, protocols) => (followed.options.webSocket ?? webSocket)(url, protocols) }),
    ...(onEvent && { onEvent: (event) => followed.options.onEvent?.(event) }),
  }
}
