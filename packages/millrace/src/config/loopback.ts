/** Who can reach the server: this machine alone, or others. */
import { ChatKitError } from '@millrace/protocol'
import { isLoopback } from '@millrace/server/node'

/**
 * Refuses to open a chat to others in which everyone is the same user.
 * @throws ChatKitError `invalid_request` for a host that is not loopback, unless the app tells its users apart
 */
export function requireLoopback(host: string, hasAuthenticate: boolean): void {
  if (hasAuthenticate || isLoopback(host)) return
  throw new ChatKitError(
    'invalid_request',
    `HOST=${host} would open this chat, with all its threads, to everyone who can reach that address, and this version has no sessions yet.
Keep HOST=127.0.0.1 and put a proxy that asks for a login in front of it, or start Millrace from your own app with an
\`authenticate\` function: import { start } from 'millrace'`,
  )
}
