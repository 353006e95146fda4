/** The key under which the row of an id is kept. Ids come over the wire and may hold anything; a key fits every database. */
import { createHash } from 'node:crypto'

/**
 * Text that every database keeps as it is: PostgreSQL takes no NUL, UTF-8 no half of a surrogate pair, and an index of
 * PostgreSQL no more than 2,704 bytes, for two ids together.
 */
const PLAIN = /^(?!#sha256:)[^\0\p{Surrogate}]{0,300}$/u

/** The id itself, or its digest where a database could not keep it. Different ids have different keys. */
export function rowKey(id: string): string {
  return PLAIN.test(id) ? id : `#sha256:${createHash('sha256').update(id, 'utf16le').digest('base64url')}`
}
