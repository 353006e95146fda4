/**
 * `GET /ws/stream`: who may open a WebSocket. The request goes through the app's own middleware and routes, so that host,
 * origin and user are checked as for any other. Next: `run-socket.ts` serves the socket.
 */
import { ChatKitError } from '@millrace/protocol'
import type { Routing } from '../http/app.ts'
import { errorResponse } from '../http/errors.ts'
import { RunSocket } from './run-socket.ts'
import { type SocketOptions, type SocketSession, socketOptions } from './socket.ts'

const PATH = '/ws/stream'

/** Answers the request of a WebSocket handshake: with a refusal, or with what serves the socket. */
export type Connect = (request: Request) => Promise<Response | SocketSession>

export interface SocketRoutesOptions {
  webSocket?: Partial<SocketOptions>
  /** Told of every exception that a client saw only as a plain error. */
  onError?(error: unknown, request: Request): void
}

export function socketRoutes<Context>(
  { app, server, authenticated }: Routing<Context>,
  given: SocketRoutesOptions,
): Connect {
  const options = socketOptions(given.webSocket)
  /** Handshakes under way: a plain request for the same path is none. */
  const handshakes = new WeakMap<Request, { session?: SocketSession }>()

  app.get(PATH, async (c, next) => {
    if (handshakes.has(c.req.raw)) return next()
    return errorResponse(noHandshake(), { upgrade: 'websocket' })
  })
  app.get(PATH, authenticated, (c) => {
    const request = c.req.raw
    const session = new RunSocket({
      server,
      user: c.get('user'),
      offered: offeredBy(request),
      options,
      failed: (error) => given.onError?.(error, request),
    })
    const handshake = handshakes.get(request)
    if (handshake) handshake.session = session
    return c.body(null)
  })
  app.all(PATH, (c) => errorResponse(notAllowed(c.req.method), { allow: 'GET' }))

  return async (request) => {
    const path = new URL(request.url).pathname
    if (path !== PATH) return errorResponse(new ChatKitError('not_found', `There is no WebSocket at ${path}.`))
    const handshake: { session?: SocketSession } = {}
    handshakes.set(request, handshake)
    const response = await app.fetch(request)
    return handshake.session ?? response
  }
}

function offeredBy(request: Request): string[] {
  return (request.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim())
}

function noHandshake(): ChatKitError {
  return new ChatKitError('invalid_request', 'Open this address as a WebSocket.', { status: 426 })
}

function notAllowed(method: string): ChatKitError {
  return new ChatKitError('invalid_request', `${method} is not answered here. Open a WebSocket.`, { status: 405 })
}
