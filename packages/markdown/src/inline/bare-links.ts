import { type Found, MAX_REACH, MORE, matchAt } from './found.ts'

/** A link written without any brackets (GFM, "Autolinks (extension)"). */
export interface BareLink {
  href: string
  text: string
  /** How much of it lies before the place that gave it away (`:`, `.` or `@`). */
  before: number
}

/** Besides whitespace and `<`, an address ends at the punctuation and full-width forms of East Asian text. */
const PATH = /[^\s<\u3000-\u303f\uff00-\uff65]*/y
const DOMAIN = /^[\p{L}\p{M}\p{N}\p{So}_-]+(?:\.[\p{L}\p{M}\p{N}\p{So}_-]+)*/u
const EMAIL_DOMAIN = /[\w-]+(?:\.[\w-]+)*\.?/y
/** As long as RFC 5321 allows. */
const LOCAL_PART = /[\w.+-]{1,64}$/
const MAX_DOMAIN = 255
/** How far before the place that gives an address away its start can lie, the character before it included. */
export const MAX_LOOKBACK = 66
const BOUNDARY = /[\s*_~(]$/

/**
 * The address that the `:`, `.` or `@` at `at` belongs to. `earlier` is the text just before; in brackets a `]` is
 * the end of a link's text, and ends the address.
 */
export function findBareLink(
  earlier: string,
  text: string,
  at: number,
  complete: boolean,
  inBrackets: boolean,
): Found<BareLink> {
  if (text[at] === '@') return findEmail(earlier, text, at, complete)
  const start = text[at] === '.' ? wwwBefore(earlier) : schemeBefore(earlier)
  if (start === undefined) return undefined
  const web = text[at] === '.'
  if (!web && !text.startsWith('://', at)) return !complete && '://'.startsWith(text.slice(at)) ? MORE : undefined
  const path = matchAt(PATH, text, at)?.[0] ?? ''
  const rest = inBrackets ? path.replace(/\].*/, '') : path
  // So much is all that is to be seen of the text.
  if (rest.length >= MAX_REACH) return undefined
  if (!complete && at + rest.length >= text.length) return MORE
  const address = start + trimAddress(rest)
  const domain = DOMAIN.exec(web ? address : address.slice(start.length + 3))?.[0] ?? ''
  if (!isDomain(domain, web)) return undefined
  const end = at + address.length - start.length
  return { href: web ? `http://${address}` : address, text: address, before: start.length, end }
}

/** `name@host.tld`, asked for at the `@`. */
function findEmail(earlier: string, text: string, at: number, complete: boolean): Found<BareLink> {
  const name = LOCAL_PART.exec(earlier)?.[0]
  if (name === undefined) return undefined
  const host = matchAt(EMAIL_DOMAIN, text, at + 1)?.[0] ?? ''
  if (host.length > MAX_DOMAIN) return undefined
  if (!complete && at + 1 + host.length >= text.length) return MORE
  const domain = host.replace(/\.$/, '')
  if (!domain.includes('.') || /[-_]$/.test(domain)) return undefined
  const address = `${name}@${domain}`
  return { href: `mailto:${address}`, text: address, before: name.length, end: at + 1 + domain.length }
}

function schemeBefore(earlier: string): string | undefined {
  return /(?:^|[^A-Za-z\d])(https?)$/i.exec(earlier.slice(-6))?.[1]
}

function wwwBefore(earlier: string): string | undefined {
  const www = /www$/i.exec(earlier)?.[0]
  const before = earlier.slice(0, -3)
  return www !== undefined && (before === '' || BOUNDARY.test(before)) ? www : undefined
}

/** Punctuation at the end belongs to the sentence, as do a `)` without its `(` and a character reference. */
function trimAddress(address: string): string {
  let end = address.length
  let unopened = count(address, ')') - count(address, '(')
  while (end > 0) {
    const last = address.slice(Math.max(0, end - 40), end)
    const reference = /&[A-Za-z\d]+;$/.exec(last)
    if (reference) end -= reference[0].length
    else if (/[?!.,:*_~'";،؛؟]$/.test(last)) end--
    else if (last.endsWith(')') && unopened > 0) [end, unopened] = [end - 1, unopened - 1]
    else break
  }
  return address.slice(0, end)
}

function count(text: string, char: string): number {
  let found = 0
  for (let i = text.indexOf(char); i >= 0; i = text.indexOf(char, i + 1)) found++
  return found
}

/** Parts without underscores in the last two of them; `www.` needs a second part. */
function isDomain(domain: string, dotted: boolean): boolean {
  const parts = domain.split('.')
  return domain !== '' && (!dotted || parts.length > 1) && !parts.slice(-2).some((part) => part.includes('_'))
}
