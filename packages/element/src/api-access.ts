/** How requests leave the page: always by the newest options, so that a changed `api.url` or `api.fetch` needs no new conversation. */
import { ChatKitError } from '@millrace/protocol'
import type { ReadonlySignal } from '@preact/signals'
import type { Options } from './options.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface ApiAccess {
  /** For the API endpoint itself; the address that is passed is not used. */
  api: Fetch
  /** For what else lies at the API's origin (uploads, previews): how the page wants it asked for, if in any way of its own. */
  own(): { origin: string; fetch: Fetch } | undefined
  /** Hosted mode: asks the page for its client secret now, as pages wait for that call before they show the chat (O9). */
  start(): void
}

/** Where requests of hosted mode go: the attribute `data-api-url` of the script that defined the element (O11). */
let hostedUrl: string | undefined
export function setHostedUrl(url: string | undefined): void {
  hostedUrl = url
}

export function apiAccess(options: ReadonlySignal<Options>, report: (error: Error) => void): ApiAccess {
  let secret: Promise<string> | undefined
  const currentFetch = (): typeof fetch => options.peek().api.fetch ?? ((input, init) => fetch(input, init))

  const newSecret = (old: string | null): Promise<string> | undefined => {
    const asking = options.peek().api.getClientSecret?.(old)
    // Nobody may be waiting for it yet: a refusal is reported once here, and again by the request that needs it.
    asking?.catch((cause) => report(cause instanceof Error ? cause : new Error(String(cause))))
    return asking
  }

  const hosted: Fetch = async (url, init) => {
    secret ??= newSecret(null)
    const send = async (token: string | undefined) =>
      currentFetch()(url, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` },
      })
    const token = await secret
    const answer = await send(token)
    if (answer.status !== 401) return answer
    secret = newSecret(token ?? null)
    return send(await secret)
  }

  return {
    api: (_url, init) => {
      const { url, getClientSecret } = options.peek().api
      if (getClientSecret && hostedUrl) return hosted(hostedUrl, init)
      if (url !== undefined) return currentFetch()(url, init)
      return Promise.reject(
        new ChatKitError(
          'not_configured',
          getClientSecret
            ? 'No server for hosted mode. Put data-api-url="https://your-server/chatkit" on the script tag of chatkit.js.'
            : 'api.url is missing. Pass the address of your ChatKit server to setOptions.',
        ),
      )
    },
    own: () => {
      const { url, getClientSecret, fetch } = options.peek().api
      const isHosted = getClientSecret !== undefined && hostedUrl !== undefined
      const origin = originOf((isHosted ? hostedUrl : url) ?? '')
      if (origin === undefined || (!isHosted && !fetch)) return undefined
      if (!isHosted) return { origin, fetch: currentFetch() }
      // The secret is for this origin alone, wherever else a file may go.
      return { origin, fetch: (to, init) => (originOf(to) === origin ? hosted : currentFetch())(to, init) }
    },
    start: () => {
      if (options.peek().api.getClientSecret) secret ??= newSecret(null)
    },
  }
}

/** Of what lies on a server: data and blobs are here already. */
export function originOf(address: string): string | undefined {
  if (!address || !URL.canParse(address, document.baseURI)) return undefined
  const { protocol, origin } = new URL(address, document.baseURI)
  return /^https?:$/.test(protocol) ? origin : undefined
}
