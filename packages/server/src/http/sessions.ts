/** `POST /api/chatkit/session` and `/refresh`: client secrets for browsers, and for the backends that ask for their users'. */
import { ChatKitError } from '@millrace/protocol'
import type { Context as HonoContext } from 'hono'
import { perMinute } from '../security/rate-limit.ts'
import { networkOf } from '../security/rate-limit-address.ts'
import type { ClientSecret, Sessions } from '../security/sessions.ts'
import { LOCAL_OWNER } from '../store/owner.ts'
import type { AppEnv, Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'

export interface SessionRoutes {
  sessions: Sessions
  /**
   * Whose word on a `user_id` counts. `backend` (the default): that of a request which carries the signing secret, and
   * anybody else is a guest. `anyone`: for a server that knows no users; who names none is the local user.
   */
  believed?: 'backend' | 'anyone'
  /** Who asks, where the app knows; wins over `user_id`. Default: whom a client secret names. */
  userIdOf?(request: Request): Promise<string | undefined> | string | undefined
  /**
   * New guests a minute and network (an IPv4 address, half an IPv6 one), counted in this process; 0 is no limit. Every guest
   * may start as many answers as any user, so without it a limit on these would be none. Where the network can't be known
   * (another runtime than Node, a proxy that sends no `x-forwarded-for`) there is no limit. Default 30.
   */
  guestsPerMinute?: number
}

const MAX_USER_ID_LENGTH = 256

export function sessionRoutes<Context>({ app, limited }: Routing<Context>, options: SessionRoutes): void {
  const { sessions, believed = 'backend', guestsPerMinute = 30 } = options
  const userIdOf = options.userIdOf ?? (async (request) => (await sessions.authenticate(request))?.userId)
  const countGuest = perMinute(guestsPerMinute, (seconds) => `Too many new guests. Try again in ${seconds} s.`)

  app.post('/api/chatkit/session', limited, async (c) => {
    const named = userIdIn(await readBody(c))
    const userId = await userIdOf(c.req.raw)
    if (userId !== undefined) return answer(c, await sessions.issue(userId))
    if (believed === 'anyone') return answer(c, await sessions.issue(named ?? LOCAL_OWNER))
    const isBackend = await sessions.isBackend(c.req.raw)
    if (isBackend && named !== undefined) return answer(c, await sessions.issue(named))
    const network = isBackend ? undefined : networkOf(c.req.raw, c.env)
    if (network !== undefined) await countGuest(network)
    return answer(c, await sessions.issueGuest())
  })

  app.post('/api/chatkit/refresh', limited, async (c) => {
    const { token } = await readBody(c)
    if (typeof token !== 'string' || token === '') {
      throw new ChatKitError('invalid_request', 'Send the old client_secret as `token`.', { param: 'token' })
    }
    return answer(c, await sessions.refresh(token))
  })

  for (const path of ['/api/chatkit/session', '/api/chatkit/refresh']) {
    app.all(path, (c) => methodNotAllowed(c.req.method, 'POST'))
  }
}

function answer<Context>(c: HonoContext<AppEnv<Context>>, secret: ClientSecret): Response {
  return c.json(secret, 200, { 'cache-control': 'no-store' })
}

/** The body's fields; nothing at all counts as none. */
async function readBody<Context>(c: HonoContext<AppEnv<Context>>): Promise<Record<string, unknown>> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  const body = parsed(text)
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  throw new ChatKitError('invalid_request', 'The body must be a JSON object.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ChatKitError('invalid_request', 'The body is no JSON.', { cause })
  }
}

function userIdIn({ user_id: userId }: Record<string, unknown>): string | undefined {
  if (userId === undefined) return undefined
  if (typeof userId === 'string' && isUserId(userId)) return userId
  const shape = `text of 1 to ${MAX_USER_ID_LENGTH} characters, none of them a control character`
  throw new ChatKitError('invalid_request', `\`user_id\` must be ${shape}.`, { param: 'user_id' })
}

function isUserId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_USER_ID_LENGTH && !/\p{Cc}/u.test(text)
}
