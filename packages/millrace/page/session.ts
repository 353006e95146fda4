/**
 * The reader's session: a client secret that goes along with every request, outlives a reload, and is renewed before
 * anybody notices. It stands in the browser's storage, so that all tabs are the same user.
 */

const KEY = 'millrace.session'

/** A secret with less than this left may be over when it arrives. */
const MARGIN_MS = 30_000

interface Kept {
  secret: string
  /** By this device's clock, in milliseconds since the epoch. */
  expiresAt: number
  /** From then on it is renewed while it still works. */
  renewAt: number
}

type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>

export interface SessionSurroundings {
  storage: Pick<Storage, 'getItem' | 'setItem'>
  fetch: Fetch
  now(): number
  /** Runs one after the other, in all tabs, what would else make two users of one. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

/** A `fetch` whose requests carry the reader's client secret. One that is refused is renewed once and sent again. */
export function sessionFetch(around: SessionSurroundings = browser): Fetch {
  return async (input, init = {}) => {
    const kept = read(around)
    const isGood = kept !== undefined && kept.expiresAt - MARGIN_MS > around.now()
    const secret = isGood ? kept : await renew(around, kept?.secret)
    if (secret instanceof Response) return secret
    // Its answer is for the next request; this one need not wait.
    if (isGood && kept.renewAt <= around.now()) void renew(around, kept.secret).catch(() => {})
    const response = await around.fetch(input, signed(init, secret.secret))
    if (response.status !== 401) return response
    const fresh = await renew(around, secret.secret)
    return fresh instanceof Response ? fresh : around.fetch(input, signed(init, fresh.secret))
  }
}

/**
 * Another secret than `old`: one that another tab has got meanwhile, the same user's with more time, else a new guest's. The
 * response is the server's refusal.
 */
function renew(around: SessionSurroundings, old: string | undefined): Promise<Kept | Response> {
  return around.alone(async () => {
    const kept = read(around)
    if (kept && kept.secret !== old) return kept
    const refreshed = old === undefined ? undefined : await ask(around, '/api/chatkit/refresh', { token: old })
    if (refreshed && !(refreshed instanceof Response && refreshed.status === 401)) return refreshed
    return ask(around, '/api/chatkit/session', {})
  })
}

async function ask(around: SessionSurroundings, path: string, body: object): Promise<Kept | Response> {
  const headers = { 'content-type': 'application/json' }
  const response = await around.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) return response
  const { client_secret: secret, expires_at } = await response.json()
  // By the server's clock, since this device's may be wrong by hours.
  const date = Date.parse(response.headers.get('date') ?? '')
  const lifetimeMs = expires_at * 1000 - (Number.isNaN(date) ? around.now() : date)
  const kept: Kept = { secret, expiresAt: around.now() + lifetimeMs, renewAt: around.now() + lifetimeMs / 2 }
  around.storage.setItem(KEY, JSON.stringify(kept))
  return kept
}

function read({ storage }: SessionSurroundings): Kept | undefined {
  const text = storage.getItem(KEY)
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    return isKept(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false
  const fields: Partial<Record<keyof Kept, unknown>> = value
  return typeof fields.secret === 'string' && typeof fields.expiresAt === 'number' && typeof fields.renewAt === 'number'
}

function signed(init: RequestInit, secret: string): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${secret}`)
  return { ...init, headers }
}

const browser: SessionSurroundings = {
  get storage() {
    return localStorage
  },
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  alone: inTurn(),
}

/** Locks of the browser where it has them (it has none on a plain `http:` page of another machine), else within this tab. */
function inTurn(): SessionSurroundings['alone'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    if (globalThis.navigator?.locks) return navigator.locks.request(KEY, work)
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }
}
