/** Base64 as clients send it: both alphabets, with or without padding; other characters are skipped as in the reference. */
import { ChatKitError } from '@millrace/protocol'

/** @throws ChatKitError `invalid_request` where a character is missing */
export function decodeBase64(text: string, param: string): Uint8Array {
  const clean = text.replaceAll('-', '+').replaceAll('_', '/').replace(/[^A-Za-z0-9+/]/g, '')
  if (clean.length % 4 === 1) {
    throw new ChatKitError('invalid_request', 'The audio is no whole base64 text. Send all of it.', { param })
  }
  return Uint8Array.from(atob(clean), (character) => character.charCodeAt(0))
}
