/** Who asks: the one local user, whom the app names, or whom a client secret names. */
import { type SessionRoutes, Sessions } from '@millrace/server'
import { type Auth, authOf, requireLoopback } from './config/loopback.ts'
import type { Config } from './config/settings.ts'
import { requireSessionSecret, sessionSecret } from './session-secret.ts'

interface User {
  userId: string
}

type Authenticate = (request: Request) => Promise<User | undefined> | User | undefined

export interface SessionUsersOptions {
  config: Pick<Config, 'auth' | 'host' | 'sessionSecret' | 'redisUrl'>
  /** The folder of the data, for a secret that was made here. */
  folder: string
  /** The app's own, if it has one. */
  authenticate?: Authenticate | undefined
}

export interface SessionUsers {
  readonly auth: Auth
  /** For the option `authenticate` of the HTTP app; undefined is 401. */
  identify(request: Request): Promise<User | undefined>
  /** For its option `sessions`. Absent where nothing that this node signs could be read by the others. */
  readonly routes?: SessionRoutes
}

const LOCAL_USER: User = { userId: 'local' }

/**
 * Whether users can be told apart with these settings; nothing is opened yet.
 * @throws ChatKitError `invalid_request` that says what to set
 */
export function requireUsers({ config, authenticate }: Omit<SessionUsersOptions, 'folder'>): void {
  const hasAuthenticate = authenticate !== undefined
  requireLoopback(config, hasAuthenticate)
  if (authOf(config.auth, config.host, hasAuthenticate) !== 'session') return
  requireSessionSecret({ given: config.sessionSecret, isShared: config.redisUrl !== undefined })
}

/** @throws ChatKitError where a secret is needed that is not there: see `sessionSecret` */
export async function sessionUsers({ config, folder, authenticate }: SessionUsersOptions): Promise<SessionUsers> {
  const auth = authOf(config.auth, config.host, authenticate !== undefined)
  const isShared = config.redisUrl !== undefined
  const named = authenticate ?? (() => LOCAL_USER)
  if (auth === 'anonymous' && isShared && config.sessionSecret === undefined) {
    return { auth, identify: async (request) => named(request) }
  }
  const secret = await sessionSecret({ given: config.sessionSecret, folder, isShared })
  const sessions = new Sessions({ secret })
  const bySecret = (request: Request) => sessions.authenticate(request)
  const routes: SessionRoutes = {
    sessions,
    believed: auth === 'anonymous' ? 'anyone' : 'backend',
    async userIdOf(request) {
      return ((await bySecret(request)) ?? (await authenticate?.(request)))?.userId
    },
  }
  if (auth === 'session') return { auth, identify: bySecret, routes }
  return {
    auth,
    routes,
    async identify(request) {
      const user = await bySecret(request)
      if (user) return user
      // Whoever had a session is not silently somebody else once it is over.
      return (await sessions.wasIssued(request)) ? undefined : named(request)
    },
  }
}
