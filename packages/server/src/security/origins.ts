/** Which pages may talk to the server, and under which names it may be called. */
import { ChatKitError } from '@millrace/protocol'

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The server's own origin (the host that was called), or one that the app named. Requests of no page carry none. */
export function isAllowedOrigin(origin: string | undefined, request: Request, origins: readonly string[]): boolean {
  if (!origin) return true
  return origins.includes(origin) || hostOf(origin) === calledHost(request)
}

/** @throws ChatKitError `forbidden` for a page whose origin is not allowed, whatever the method */
export function checkOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.headers.get('origin') ?? undefined
  if (isAllowedOrigin(origin, request, origins)) return
  throw new ChatKitError('forbidden', `Pages of ${origin} may not call this server. Add the origin to CORS_ORIGINS.`)
}

/**
 * Keeps a foreign page from reaching a local server under a name that resolves to loopback (DNS rebinding).
 * @throws ChatKitError `forbidden`
 */
export function checkHost(request: Request): void {
  const host = calledHost(request)
  const name = host?.replace(/:\d+$/, '')
  if (name !== undefined && isLoopbackName(name)) return
  throw new ChatKitError('forbidden', `This server answers on loopback addresses only, not as ${host ?? 'nobody'}.`)
}

/** Whether a host name or address means this machine only. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAMES.has(name) || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name) || name.endsWith('.localhost')
}

function calledHost(request: Request): string | undefined {
  return request.headers.get('host') ?? hostOf(request.url)
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined
}
