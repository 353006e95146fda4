/** Who can reach the server, and so how its users are told apart. */
import { ChatKitError } from '@millrace/protocol'
import { isLoopback } from '@millrace/server/node'
import type { Config } from './settings.ts'

export type Auth = 'anonymous' | 'session'

/** How users are told apart where the settings leave it open: not at all where only this machine can connect. */
export function authOf(given: Auth | undefined, host: string, hasAuthenticate: boolean): Auth {
  return given ?? (hasAuthenticate || isLoopback(host) ? 'anonymous' : 'session')
}

/**
 * Refuses to open a chat to others in which everyone is the same user.
 * @throws ChatKitError `invalid_request` for a host that is not loopback, unless there are sessions or the app tells its
 * users apart
 */
export function requireLoopback({ host, auth }: Pick<Config, 'host' | 'auth'>, hasAuthenticate: boolean): void {
  if (authOf(auth, host, hasAuthenticate) === 'session' || hasAuthenticate || isLoopback(host)) return
  throw new ChatKitError(
    'invalid_request',
    `HOST=${host} with AUTH=anonymous would open this chat, with all its threads, to everyone who can reach that address.
Set AUTH=session, so that every browser sees its own threads alone; keep HOST=127.0.0.1 and put a proxy that asks for a
login in front of it; or start Millrace from your own app with an \`authenticate\` function: import { start } from 'millrace'`,
  )
}
