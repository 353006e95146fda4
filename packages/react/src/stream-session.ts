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
   * Sends a message; an answer that is under way is stopped first. Resolves with the state at its end and never rejects:
   * see `error`. Of several calls in one turn of the event loop the last one counts.
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
  readonly key: string
  readonly url: string | undefined
  readonly client: StreamClient
  /** Takes the functions among the options of the last render. */
  follow(options: StreamOptions): void
  readonly reads: Reads<StreamResult & Extra>
}

/** The message whose answer was being shown when a session ended: the next one at the same server goes on with it. */
export interface Interrupted {
  current: { url: string | undefined; messageId: string } | undefined
}

interface SessionInput<Extra extends object> {
  key: string
  options: StreamOptions
  interrupted: Interrupted
  /** The session whose place it takes: what that one shows stays, if it is of the same server. */
  before: Pick<StreamSession<object>, 'url' | 'client'> | undefined
  /** Adds to the verbs, or replaces some. */
  extend(verbs: StreamVerbs): Extra
}

export function openSession<Extra extends object>(input: SessionInput<Extra>): StreamSession<Extra> {
  const { key, options, interrupted, before, extend } = input
  const { url } = options
  const followed = { options }
  const shownBefore = before?.url === url ? before?.client.getSnapshot() : undefined
  const client = createStreamClient({ ...options, ...newestOf(followed) }, shownBefore)
  let hasLeft = false
  /** Number of the last intention: whoever waited for the turn's end and finds another number was overtaken. */
  let intention = 0
  /** The answer that is shown or was shown last. */
  let shown: Promise<StreamState> | undefined
  /** The answer that was left, until the client has done with it. */
  let left: Promise<unknown> | undefined

  /**
   * Does it when this turn is over, if nothing else is wanted by then. StrictMode mounts everything twice in one turn, and
   * an answer that is asked for in an effect must not be asked for twice.
   */
  async function soon(work: () => Promise<StreamState> | undefined): Promise<StreamState> {
    intention += 1
    const own = intention
    await left
    if (own !== intention || hasLeft) return client.getSnapshot()
    interrupted.current = undefined
    shown = work()
    return (await shown) ?? client.getSnapshot()
  }

  function enter(listener: () => void): () => void {
    hasLeft = false
    // kept until it is taken up: StrictMode may leave before
    const rest = interrupted.current
    const unsubscribe = client.subscribe(listener)
    if (rest && rest.url === url) void soon(() => client.attach(rest.messageId))
    else if (options.resumeKey !== undefined) void soon(() => client.restore())
    return () => {
      const { isStreaming, messageId } = client.getSnapshot()
      if (isStreaming && messageId !== undefined) interrupted.current = { url, messageId }
      hasLeft = true
      intention += 1
      unsubscribe()
      client.close()
      left = shown
    }
  }

  const verbs: StreamVerbs = {
    startStream: (message, start) => soon(() => client.start(message, start)),
    stopStream() {
      intention += 1
      interrupted.current = undefined
      return client.stop()
    },
    pauseStream: () => client.pause(),
    resumeStream: () => client.resume(),
    client,
  }
  const source = { getSnapshot: () => client.getSnapshot(), subscribe: enter }
  return {
    key,
    url,
    client,
    follow(newest) {
      followed.options = newest
    },
    reads: trackReads(source, { ...verbs, ...extend(verbs) }),
  }
}

/** Functions are written anew in every render: what is called is always the newest. */
function newestOf(followed: { options: StreamOptions }): StreamOptions {
  const { fetch: given, headers, getClientSecret, onEvent } = followed.options
  return {
    ...(given && { fetch: (url, init) => (followed.options.fetch ?? given)(url, init) }),
    ...(headers && { headers: () => (followed.options.headers ?? headers)() }),
    ...(getClientSecret && { getClientSecret: (old) => (followed.options.getClientSecret ?? getClientSecret)(old) }),
    ...(onEvent && { onEvent: (event) => followed.options.onEvent?.(event) }),
  }
}
