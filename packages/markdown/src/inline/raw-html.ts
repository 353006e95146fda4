import { type Found, MORE, matchAt } from './found.ts'

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

const HTML = new RegExp(`${TAG}|<!---?>|<!--[^]*?-->|<\\?[^]*?\\?>|<![A-Za-z][^>]*>|<!\\[CDATA\\[[^]*?\\]\\]>`, 'y')
const DOMAIN_PART = '[A-Za-z\\d](?:[A-Za-z\\d-]{0,61}[A-Za-z\\d])?'
/** An address, or that of a mail. */
const ADDRESS = new RegExp(
  '<(?:([A-Za-z][A-Za-z\\d+.-]{1,31}:[^\\p{Cc}\\s<>]*)|' +
    `([\\w.!#$%&'*+/=?^\`{|}~-]+@${DOMAIN_PART}(?:\\.${DOMAIN_PART})*))>`,
  'uy',
)
/** What may become one of these, where there is none yet: a tag, what has no blanks so far, or a kind that may have any. */
const START = new RegExp(`${TAG_START}|<[!-;=?-~][^\\s<>]*$|<!(?:--|[A-Za-z]|\\[CDATA\\[)|<\\?`, 'y')

/** What stands in angle brackets: an address, or raw HTML, which is text to us (a comment is dropped: no text). */
export function findAngle(text: string, at: number, complete: boolean): Found<{ href?: string; text: string }> {
  const [address, href, mail = ''] = matchAt(ADDRESS, text, at) ?? []
  if (address) return { href: href ?? `mailto:${mail}`, text: href ?? mail, end: at + address.length }
  const html = matchAt(HTML, text, at)?.[0]
  if (html) return { text: html.startsWith('<!--') ? '' : html, end: at + html.length }
  return !complete && matchAt(START, text, at) ? MORE : undefined
}
