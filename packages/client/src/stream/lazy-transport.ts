/** Transports that most pages never need, loaded when one does. */
import { connectionLost } from './stream-error.ts'
import type { StreamHttp } from './stream-http.ts'
import type { StreamReader, StreamTransport } from './stream-transport.ts'
import type { StreamOptions } from './types.ts'

type Load = () => Promise<StreamReader>

export const websocketLater = (options: StreamOptions, http: StreamHttp): StreamTransport =>
  later({ method: 'streaming' }, () => import('./websocket.ts').then((it) => it.websocketReader(options, http)))

/** `silenceMs`: from the contract, section 2. */
export const pollingLater = (http: StreamHttp): StreamTransport =>
  later({ method: 'polling', silenceMs: 120_000 }, () => import('./polling.ts').then((it) => it.pollingReader(http)))

/** Nothing comes before the end; the limit for all of it holds. */
export const wholeLater = (http: StreamHttp): StreamTransport =>
  later({ method: 'whole', silenceMs: Number.POSITIVE_INFINITY }, () =>
    import('./whole.ts').then((it) => it.wholeReader(http)),
  )

/** Loading that fails is asked for again by the next try, as a connection that can't be made. */
function later(known: Pick<StreamTransport, 'method' | 'silenceMs'>, load: Load): StreamTransport {
  let loading: Promise<StreamReader> | undefined
  let loaded: StreamReader | undefined
  const prepare = () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw connectionLost(error)
    })
    return loading
  }
  return {
    ...known,
    prepare: () => void prepare().catch(() => {}),
    stop: (messageId) => loaded?.stop?.(messageId) ?? false,
    async *read(request, signal) {
      loaded = await prepare()
      yield* loaded.read(request, signal)
    },
  }
}
