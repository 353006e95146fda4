'use client'
import { nextFrame } from '@millrace/client/frames'
import {
  createStreamClient,
  type StartOptions,
  type StreamError,
  type StreamMetrics,
  type StreamOptions,
  toStreamError,
} from '@millrace/client/stream'
import { create, type StoreApi, type UseBoundStore } from 'zustand'

export interface StreamStore {
  response: string
  isStreaming: boolean
  error: StreamError | null
  metrics: StreamMetrics
  /** Adds to the text: costs the same however long it is. Who looks at the store is told once a frame. */
  addToken(token: string): void
  /** `true` begins the measuring, `false` ends it and shows what is still waiting. */
  setStreaming(isStreaming: boolean): void
  /** Takes whatever was thrown, and ends the streaming; `null` takes the error away. */
  setError(error: unknown): void
  /** Empties the store, and leaves the answer that fills it. */
  reset(): void
  /** Sends a message, in the place of what is shown, and fills the store with its answer. Resolves at its end. */
  startStream(message: string, options?: StartOptions): Promise<void>
  stopStream(): Promise<void>
}

/** A store of one stream. `options` are those of `startStream`. */
export function createStreamStore(options: StreamOptions = {}): UseBoundStore<StoreApi<StreamStore>> {
  return create<StreamStore>()((set, get) => {
    const parts: string[] = []
    const counted = { tokens: 0, startedAt: 0, firstAt: 0, resumes: 0 }
    let cancel: (() => void) | undefined
    let client: ReturnType<typeof createStreamClient> | undefined
    /** Number of the last message, stop or reset: whoever waited and finds another one was overtaken. */
    let intention = 0

    function flush(more: Partial<StreamStore> = {}): void {
      cancel?.()
      cancel = undefined
      set({ ...more, response: get().response + parts.splice(0).join(''), metrics: metricsOf(counted) })
    }

    function clear(more: Partial<StreamStore>): void {
      parts.length = 0
      Object.assign(counted, { tokens: 0, startedAt: 0, firstAt: 0, resumes: 0 })
      set({ response: '' })
      flush({ isStreaming: false, error: null, ...more })
    }

    function connected(): ReturnType<typeof createStreamClient> {
      if (client) return client
      client = createStreamClient(options)
      client.onToken(({ token }) => get().addToken(token))
      return client
    }

    return {
      response: '',
      isStreaming: false,
      error: null,
      metrics: metricsOf(counted),
      addToken(token) {
        if (counted.tokens++ === 0) {
          counted.firstAt = performance.now()
          counted.startedAt ||= counted.firstAt
        }
        parts.push(token)
        cancel ??= nextFrame(flush)
      },
      setStreaming(isStreaming) {
        if (isStreaming) counted.startedAt = performance.now()
        flush({ isStreaming })
      },
      setError(thrown) {
        if (thrown === null) set({ error: null })
        else flush({ error: toStreamError(thrown), isStreaming: false })
      },
      reset() {
        intention += 1
        client?.close()
        clear({})
      },
      async startStream(message, start) {
        intention += 1
        const own = intention
        await connected().stop()
        if (own !== intention) return
        clear({ isStreaming: true })
        counted.startedAt = performance.now()
        const { error, metrics } = await connected().start(message, start)
        if (own !== intention) return
        counted.resumes = metrics.resumes
        flush({ isStreaming: false, error })
      },
      async stopStream() {
        intention += 1
        const own = intention
        await client?.stop()
        if (own === intention) flush({ isStreaming: false, error: client?.getSnapshot().error ?? null })
      },
    }
  })
}

/**
 * The page's stream, in a zustand store: any component may read it, and anything may feed it.
 *
 * @example
 * const response = useStreamStore((state) => state.response)
 * socket.onmessage = ({ data }) => useStreamStore.getState().addToken(data)
 */
export const useStreamStore = /* @__PURE__ */ createStreamStore()

function metricsOf(counted: { tokens: number; startedAt: number; firstAt: number; resumes: number }): StreamMetrics {
  const { tokens, startedAt, firstAt, resumes } = counted
  const elapsedMs = startedAt === 0 ? 0 : performance.now() - startedAt
  return {
    tokens,
    elapsedMs,
    tokensPerSecond: elapsedMs === 0 ? 0 : (tokens * 1000) / elapsedMs,
    timeToFirstTokenMs: tokens === 0 ? undefined : firstAt - startedAt,
    resumes,
  }
}
