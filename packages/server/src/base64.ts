/** Base64 as clients send it: both alphabets; other characters are skipped, as in the reference. */
import { ChatKitError } from '@millrace/protocol'

/**
 * The bytes of a base64 text. What follows its padding is ignored. Text in the URL-safe alphabet may go without padding, as is
 * its custom; the reference drops the characters of that alphabet instead.
 * @throws ChatKitError `invalid_request` where characters or padding are missing, or one isn't ASCII
 */
export function decodeBase64(text: string, param: string): Uint8Array {
  const isUrlSafe = /[-_]/.test(text)
  const { digits, isWhole } = scan(isUrlSafe ? text.replaceAll('-', '+').replaceAll('_', '/') : text)
  const isCut = digits.length % 4 === 1 || !(isWhole || isUrlSafe)
  if (isCut || /[^\x00-\x7F]/.test(text)) {
    throw new ChatKitError('invalid_request', 'The audio is no whole base64 text. Send all of it.', { param })
  }
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0))
}

/** The digits up to the padding that ends a group, and whether they are whole with it. Padding elsewhere means nothing. */
function scan(text: string): { digits: string; isWhole: boolean } {
  const [first = '', ...parts] = text.replace(/[^A-Za-z0-9+/=]/g, '').split('=')
  let digits = first
  let padding = 0
  for (const part of parts) {
    const place = digits.length % 4
    if (place >= 2) padding += 1
    if (place >= 2 && place + padding >= 4) return { digits, isWhole: true }
    if (part !== '') padding = 0
    digits += part
  }
  return { digits, isWhole: digits.length % 4 === 0 }
}
