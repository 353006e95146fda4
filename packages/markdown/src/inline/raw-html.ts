import { type Found, MAX_REACH, MORE, matchAt } from './found.ts'

const NAME = '[A-Za-z][A-Za-z\\d-]*'
const ATTRIBUTE_NAME = '[A-Za-z_:][\\w.:-]*'
const ATTRIBUTE = `\\s+${ATTRIBUTE_NAME}(?:\\s*=\\s*(?:"[^"]*"|'[^']*'|[^\\s"'=<>\`]+))?`
const OPEN_TAG = `<${NAME}(?:${ATTRIBUTE})*\\s*/?>`
const CLOSING_TAG = `</${NAME}\\s*>`
/** A last attribute that is still being written, whatever it will be. */
const ATTRIBUTE_START = `\\s+${ATTRIBUTE_NAME}\\s*=\\s*(?:"[^"]*|'[^']*)?`

/** An opening or closing tag, as a source for expressions (CommonMark §6.6). */
export const TAG = `(?:${OPEN_TAG}|${CLOSING_TAG})`
/** What may become a tag when more text comes: it must reach to the end of what is there. */
export const TAG_START = `<(?:/?|/${NAME}\\s*|${NAME}(?:${ATTRIBUTE})*(?:\\s*/?|${ATTRIBUTE_START}))$`

const ANY = `[^]{0,${MAX_REACH}}`
const HTML = new RegExp(
  `${TAG}|<!---?>|<!--${ANY}?-->|<\\?${ANY}?\\?>|<![A-Za-z][^>]*>|<!\\[CDATA\\[${ANY}?\\]\\]>`,
  'y',
)
const HTML_START = new RegExp(
  `${TAG_START}|<!-?$|<!--${ANY}$|<\\?${ANY}$|<![A-Za-z][^>]*$|<!\\[C?D?A?T?A?$|<!\\[CDATA\\[${ANY}$`,
  'y',
)
const AUTOLINK = /<([A-Za-z][A-Za-z\d+.-]{1,31}:[^\p{Cc}\s<>]*)>/uy
const AUTOLINK_START = /<[A-Za-z][A-Za-z\d+.-]{0,31}(?::[^\p{Cc}\s<>]*)?$/uy
const DOMAIN_PART = '[A-Za-z\\d](?:[A-Za-z\\d-]{0,61}[A-Za-z\\d])?'
const EMAIL = new RegExp(`<([\\w.!#$%&'*+/=?^\`{|}~-]+@${DOMAIN_PART}(?:\\.${DOMAIN_PART})*)>`, 'y')
const EMAIL_START = /<[\w.!#$%&'*+/=?^`{|}~-]+(?:@[A-Za-z\d.-]*)?$/y

/** What stands in angle brackets: an address, or raw HTML, which is text to us (a comment is dropped: no text). */
export function findAngle(text: string, at: number, complete: boolean): Found<{ href?: string; text: string }> {
  const address = matchAt(AUTOLINK, text, at)
  if (address?.[1]) return { href: address[1], text: address[1], end: at + address[0].length }
  const email = matchAt(EMAIL, text, at)
  if (email?.[1]) return { href: `mailto:${email[1]}`, text: email[1], end: at + email[0].length }
  const html = matchAt(HTML, text, at)?.[0]
  if (html) return { text: html.startsWith('<!--') ? '' : html, end: at + html.length }
  if (complete) return undefined
  const starts = [AUTOLINK_START, EMAIL_START, HTML_START].some((start) => matchAt(start, text, at))
  return starts ? MORE : undefined
}
