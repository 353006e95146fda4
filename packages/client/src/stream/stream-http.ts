/** Requests to the plain endpoints: address, headers, the session, and what a refusal means. */
import { connectionLost, StreamFailure, toFailure } from './stream-error.ts'
import type { StreamOptions } from './types.ts'
import { loadRefusal } from './while-it-begins.ts'

/** On a server there is no page whose origin could be taken. */
export function noServer(): StreamFailure {
  return new StreamFailure('unknown', 'no_url', 'No server is named. Give the option `url`.', { recoverable: false })
}

export interface StreamHttp {
  /** The address of an endpoint. */
  address(path: string): string
  /** A client secret, where there are any. */
  secret(refresh: boolean): Promise<string | undefined>
  /**
   * Sends a request; a 401 refreshes the session and sends it once more.
   * @throws StreamFailure for whatever is no 2xx, and the signal's reason once it is aborted
   */
  send(path: string, init: StreamHttpInit, signal?: AbortSignal): Promise<Response>
}

export interface StreamHttpInit {
  /** Sent as JSON by POST; without it the request is a GET. */
  body?: object
  headers?: Record<string, string>
  /** Goes out although the page is being left. */
  keepalive?: boolean
}

/** @throws TypeError for an address of another scheme, as `localhost:8000` has one */
export function streamHttp(options: StreamOptions): StreamHttp {
  const base = String(options.url ?? '').replace(/\/+$/, '')
  if (/^[\w.+-]+:/.test(base) && !/^https?:\/\//.test(base)) {
    throw new TypeError(`\`url\` is no web address: ${base}`)
  }
  const address = (path: string) => base + path
  const secret = async (refresh: boolean) => options.getClientSecret?.(refresh)

  async function request(path: string, init: StreamHttpInit, refresh: boolean, signal?: AbortSignal) {
    const token = await secret(refresh)
    const { body, headers, keepalive } = init
    const whole: RequestInit = {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(await options.headers?.()),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(keepalive && { keepalive }),
      ...(signal && { signal }),
    }
    // read at each call: pages replace the global `fetch` late
    return (options.fetch ?? fetch)(address(path), whole).catch((error: unknown) => {
      const hasAddress = base !== '' || globalThis.location
      throw hasAddress ? connectionLost(error) : noServer()
    })
  }

  return {
    address,
    secret,
    async send(path, init, signal) {
      try {
        let response = await request(path, init, false, signal)
        if (response.status === 401 && options.getClientSecret) {
          response.body?.cancel().catch(() => {})
          response = await request(path, init, true, signal)
        }
        if (!response.ok) throw await loadRefusal().then(({ refusalOf }) => refusalOf(response), connectionLost)
        return response
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        throw toFailure(error)
      }
    },
  }
}

/** The address of a message's endpoint: `/stream`, `/stop`, or none for the message itself. */
export function messagePath(messageId: string, endpoint = ''): string {
  return `/api/message/${encodeURIComponent(messageId)}${endpoint}`
}
