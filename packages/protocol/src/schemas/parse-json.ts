/** Reads JSON text as strictly and as laxly as the reference does. Next: `parse-request.ts` checks what it says. */
import { ChatKitError } from '../errors.ts'

/** Objects and lists within each other; deeper ones are refused before anything recurses into them. */
const MAX_DEPTH = 200

/**
 * The value of a JSON text. Of duplicate keys the last wins; NaN and Infinity are read as a number that isn't finite.
 * @throws ChatKitError `invalid_request` for a byte order mark, bytes that aren't UTF-8, half of a surrogate pair, nesting
 * deeper than 200, and whatever else isn't JSON.
 */
export function parseJson(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : decode(body)
  if (text.charCodeAt(0) === 0xfeff) throw refusal('it starts with a byte order mark. Send it without')
  if (hasLoneSurrogate(text)) throw refusal('it holds half of a surrogate pair. Escape both halves or neither')
  if (isTooDeep(text)) throw refusal(`it is nested more than ${MAX_DEPTH} levels deep. Send it flatter`)
  try {
    return JSON.parse(text)
  } catch (error) {
    return parseWithoutNaN(text, error)
  }
}

function refusal(reason: string, cause?: unknown): ChatKitError {
  return new ChatKitError('invalid_request', `The request body can't be read: ${reason}.`, { cause })
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw refusal('it is not UTF-8. Send UTF-8 encoded JSON', error)
  }
}

const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}(\\u[dD][c-fC-F][\da-fA-F]{2})?|(u[dD][c-fC-F][\da-fA-F]{2})|[\s\S])/g

function hasLoneSurrogate(text: string): boolean {
  if (/\p{Surrogate}/u.test(text)) return true
  if (!/\\u[dD][89a-fA-F]/.test(text)) return false
  for (const [escaped, low, loneLow] of text.matchAll(ESCAPE)) {
    const isHigh = escaped.length > 2 && loneLow === undefined
    if (loneLow !== undefined || (isHigh && low === undefined)) return true
  }
  return false
}

function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH * 2) return false
  let depth = 0
  for (const part of partsOutsideStrings(text)) {
    for (const character of part) {
      if (character === '[' || character === '{') depth++
      else if (character === ']' || character === '}') depth--
      if (depth > MAX_DEPTH) return true
    }
  }
  return false
}

/**
 * NaN and Infinity are no JSON, but Python writes them. They are read as numbers that no field takes (a literal beyond all
 * doubles); in the app's own data they come out as null, as in the reference.
 */
function parseWithoutNaN(text: string, error: unknown): unknown {
  if (!/NaN|Infinity/.test(text)) throw refusal(reasonOf(text), error)
  const parts = [...partsOutsideStrings(text, true)]
  const json = parts
    .map((part) => (part.startsWith('"') ? part : part.replace(/-?\bInfinity\b|\bNaN\b/g, '1e999')))
    .join('')
  try {
    return JSON.parse(json)
  } catch (second) {
    throw refusal(reasonOf(text), second)
  }
}

/** The text between string literals; with `andStrings` these, too, in their place. */
function* partsOutsideStrings(text: string, andStrings = false): Generator<string> {
  let from = 0
  while (from < text.length) {
    const open = text.indexOf('"', from)
    yield text.slice(from, open < 0 ? text.length : open)
    if (open < 0) return
    let close = open
    do close = text.indexOf('"', close + 1)
    while (close > 0 && isEscaped(text, close))
    from = close < 0 ? text.length : close + 1
    if (andStrings) yield text.slice(open, from)
  }
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0
  while (text[position - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function reasonOf(text: string): string {
  return text.trim() === '' ? 'it is empty. Send a JSON object' : 'it is not JSON. Send one JSON object'
}
