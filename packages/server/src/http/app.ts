/** All routes in one table. A web-standard handler; on Node it writes streams to the response's socket itself. */
import { ChatKitError } from '@millrace/protocol'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { ChatKitServer } from '../chatkit-server.ts'
import { markLocalOnly } from '../security/local-only.ts'
import { checkHost, checkOrigin, isAllowedOrigin } from '../security/origins.ts'
import { type Connect, socketRoutes } from '../websocket/routes.ts'
import type { SocketOptions } from '../websocket/socket.ts'
import { type AttachmentFiles, attachmentRoutes } from './attachments.ts'
import { chatkitRoutes } from './chatkit.ts'
import { errorResponse } from './errors.ts'
import { healthRoutes } from './health.ts'
import { messageRoutes } from './messages.ts'
import { type MetricsText, metricsRoutes } from './metrics.ts'
import { type SessionRoutes, sessionRoutes } from './sessions.ts'
import { tokenViewRoutes } from './token-views.ts'
import { wholeBody } from './whole-body.ts'

const MEBIBYTE = 1024 * 1024

export interface AppOptions<Context> {
  server: ChatKitServer<Context>
  /**
   * Who asks: the context that every handler and store is given. Undefined is 401. Default: everyone is the one local
   * user, and `serve` refuses to listen on anything but loopback.
   */
  authenticate?(request: Request): Promise<Context | undefined> | Context | undefined
  /** Foreign origins that browsers may call from, e.g. `https://app.example.com`. Default: none but the server's own. */
  origins?: readonly string[]
  /** On a loopback host the `Host` header must name a loopback address: a foreign page must not reach a local chat. */
  isLoopback?: boolean
  /** Largest request body in bytes. Default 4 MiB. */
  maxBodyBytes?: number
  /** Uploads and previews of attachments; without it there are no such routes. */
  attachments?: AttachmentFiles<Context>
  /** Whether the loss of the connection that started a run stops it, for clients that can't resume. Default `stop`. */
  onDisconnect?: 'stop' | 'continue'
  /** Tokens in one event of `/api/stream/buffered` where the client names no number, from 1 to 1000. Default 5. */
  bufferSize?: number
  /** Client secrets for browsers; without it there are no such routes. */
  sessions?: SessionRoutes
  /** Answers `GET /metrics`; whoever can reach the server may read it. */
  metrics?: MetricsText
  /** Limits and intervals of the WebSockets at `/ws/stream`. */
  webSocket?: Partial<SocketOptions>
  /** Answers GET requests that no route takes: the page and its files. */
  assets?(request: Request): Promise<Response | undefined>
  /** Told of every exception that became a 500. */
  onError?(error: unknown, request: Request): void
}

export type Handler = (request: Request, env?: unknown) => Promise<Response>

/**
 * A handler that takes WebSockets too: a runtime asks `connect` about each handshake, and answers with the response it is
 * given, or completes the handshake and drives the session. `serve` of `@millrace/server/node` does.
 */
export type App = Handler & { connect: Connect }

/** What a request's routes share: who asks. */
export interface AppEnv<Context> {
  Variables: { user: Context }
}

/** What every module of routes is given to add its own to. */
export interface Routing<Context> {
  app: Hono<AppEnv<Context>>
  server: ChatKitServer<Context>
  /** Goes before every route that acts for a user: sets `user`, or answers 401. */
  authenticated: MiddlewareHandler<AppEnv<Context>>
  /** Goes before every route that reads a body. */
  limited: MiddlewareHandler
}

/**
 * Makes the HTTP handler: `POST /chatkit`, the plain `/api/stream` and `/api/message`, `/health`, and what the options add. It mounts in Hono,
 * Next.js, Bun, Deno, Workers; on Node use `serve` of `@millrace/server/node`.
 */
export function createApp<Context>(options: AppOptions<Context>): App {
  const { server, maxBodyBytes = 4 * MEBIBYTE, origins = [] } = options
  const app = new Hono<AppEnv<Context>>()
  const identify = async (request: Request): Promise<Context> => {
    if (!options.authenticate) return localUser<Context>()
    const user = await options.authenticate(request)
    if (user === undefined)
      throw new ChatKitError('auth_error', 'Sign in first: this request carries no valid session.')
    return user
  }

  app.use(async (c, next) => {
    if (options.isLoopback) checkHost(c.req.raw)
    checkOrigin(c.req.raw, origins)
    await next()
  })
  app.use(
    cors({
      origin: (origin, c) => (isAllowedOrigin(origin, c.req.raw, origins) ? origin : null),
      allowMethods: ['GET', 'POST', 'PUT', 'OPTIONS'],
      allowHeaders: ['content-type', 'accept-language', 'last-event-id', 'idempotency-key', 'authorization'],
      exposeHeaders: ['x-run-id', 'x-message-id', 'x-thread-id', 'x-run-status', 'retry-after'],
      maxAge: 600,
    }),
  )
  const routing: Routing<Context> = {
    app,
    server,
    limited: wholeBody(maxBodyBytes),
    authenticated: async (c, next) => {
      c.set('user', await identify(c.req.raw))
      await next()
    },
  }
  healthRoutes(routing)
  chatkitRoutes(routing, options.onDisconnect ?? 'stop')
  tokenViewRoutes(routing, options.bufferSize ?? 5)
  messageRoutes(routing)
  if (options.attachments) attachmentRoutes(app, routing.authenticated, server, options.attachments)
  if (options.sessions) sessionRoutes(routing, options.sessions)
  if (options.metrics) metricsRoutes(routing, options.metrics)

  const connect = socketRoutes(routing, options)

  app.notFound(async (c) => {
    const asset = c.req.method === 'GET' || c.req.method === 'HEAD' ? await options.assets?.(c.req.raw) : undefined
    return asset ?? errorResponse(new ChatKitError('not_found', `Nothing is served at ${c.req.path}.`))
  })
  app.onError((error, c) => {
    if (!(error instanceof ChatKitError)) options.onError?.(error, c.req.raw)
    return errorResponse(error)
  })
  const handler: Handler = async (request, env) => app.fetch(request, env as object | undefined)
  if (!options.authenticate) markLocalOnly(handler)
  return Object.assign(handler, { connect })
}

/** The one user of a server without authentication. */
function localUser<Context>(): Context {
  return { userId: 'local' } as Context
}
