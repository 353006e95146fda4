/** Ids of everything that has one. */

/** What an id is for. */
export type IdKind =
  | 'thread'
  | 'message'
  | 'tool_call'
  | 'workflow'
  | 'task'
  | 'attachment'
  | 'sdk_hidden_context'
  | 'run'

/** As in the reference; `run` is ours. User messages, widgets and generated images are messages, too. */
export const ID_PREFIXES: Readonly<Record<IdKind, string>> = {
  thread: 'thr',
  message: 'msg',
  tool_call: 'tc',
  workflow: 'wf',
  task: 'tsk',
  attachment: 'atc',
  sdk_hidden_context: 'shcx',
  run: 'run',
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
const LENGTH = 20
/** Bytes from here on are drawn again: 252 is the last multiple of 36 in a byte, and a remainder would favour its first digits. */
const UNBIASED = 252

/** Random bytes are drawn for many ids at once: a call costs more than a thousand bytes. */
const pool = new Uint8Array(1024)
let used = pool.length

function randomByte(): number {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const byte = pool[used] ?? 0
  used += 1
  return byte
}

/** A new id: prefix, `_` and 20 random characters of `0-9a-z` (103 bits), safe in a URL and not to be guessed. */
export function newId(kind: IdKind): string {
  let id = `${ID_PREFIXES[kind]}_`
  const length = id.length + LENGTH
  while (id.length < length) {
    const byte = randomByte()
    if (byte < UNBIASED) id += ALPHABET[byte % ALPHABET.length]
  }
  return id
}
