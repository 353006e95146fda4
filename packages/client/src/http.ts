/** Requests over fetch: JSON in, JSON or server-sent events out. */
import { ChatKitError, parseSse } from '@millrace/protocol'
import { brokenOff, isObject, notReached, parseJson, refusal, unexpected } from './http-errors.ts'
import type { EventStream, JsonRequest, RunRequest, SequencedEvent, Transport } from './transport.ts'

export interface HttpTransportOptions {
  /** The server's single endpoint, absolute or relative to the page. */
  url: string
  /** Used instead of the global `fetch`; called as `(url, init)` with a plain headers object, so that it may be spread. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Further headers of every request, asked for each time. */
  headers?: () => Record<string, string> | Promise<Record<string, string>>
  /** The value of `Accept-Language`. */
  language?: () => string | undefined
}

/** Speaks ChatKit over HTTP. With our server its streams are numbered and can be resumed: see `resuming`. */
export function httpTransport(options: HttpTransportOptions): Transport {
  const send = async (
    req: JsonRequest | RunRequest,
    extra: Record<string, string>,
    signal: AbortSignal | undefined,
  ) => {
    const language = options.language?.()
    const headers = {
      'Content-Type': 'application/json',
      ...extra,
      ...(language && { 'Accept-Language': language }),
      ...(await options.headers?.()),
    }
    const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(req), ...(signal && { signal }) }
    // read at each call: pages replace the global `fetch` late
    const response = await notReached(signal, () => (options.fetch ?? fetch)(options.url, init))
    if (!response.ok) throw await refusal(response)
    return response
  }

  return {
    async request(req, signal) {
      const response = await send(req, { Accept: 'application/json' }, signal)
      const text = await notReached(signal, () => response.text())
      if (text === '') return {}
      const body = parseJson(text)
      if (body === undefined) throw unexpected(response)
      return body
    },

    async stream(req, { signal, messageId }) {
      const extra: Record<string, string> = { Accept: 'text/event-stream' }
      // "I can resume": asks for numbered events and a last one that names the outcome
      if (req.type !== 'runs.resume') extra['Last-Event-ID'] = '0'
      if (messageId !== undefined) extra['Idempotency-Key'] = messageId
      const response = await send(req, extra, signal)
      if (response.status === 204) return undefined
      const type = response.headers.get('content-type') ?? ''
      if (!response.body || /html|json/.test(type)) throw unexpected(response)
      const runId = response.headers.get('x-run-id')
      const status = response.headers.get('x-run-status')
      const body = response.body
      const stream: EventStream = {
        ...(runId && { runId }),
        ...(status && { status }),
        [Symbol.asyncIterator]: () => events(body, signal),
      }
      return stream
    },
  }
}

async function* events(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<SequencedEvent> {
  try {
    for await (const { data, id } of parseSse(body)) {
      const event = parseJson(data)
      // a record that was cut in the middle; what follows can't be trusted
      if (event === undefined) throw brokenOff()
      if (!isEvent(event)) continue
      yield { seq: id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined, event }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw error instanceof ChatKitError ? error : brokenOff(error)
  }
  if (signal.aborted) throw signal.reason
}

/** Whatever names its type: unknown types pass, a newer server may send them. */
function isEvent(value: unknown): value is SequencedEvent['event'] {
  return isObject(value) && typeof value.type === 'string'
}
