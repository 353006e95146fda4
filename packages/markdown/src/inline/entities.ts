/** The names that answers hold: `name character name character …`. The rest is loaded when one of it is met. */
const COMMON = 'amp & lt < gt > quot " apos \' nbsp \u{a0} copy ©'

let all: ReadonlyMap<string, string> | undefined

/** Makes every name known, after which `decodeEntity` gives more. */
export async function loadEntities(): Promise<void> {
  all = (await import('./all-entities.ts')).allEntities
}

function named(name: string): string | undefined {
  if (all) return all.get(name)
  const words = COMMON.split(' ')
  const index = words.indexOf(name)
  return index % 2 === 0 ? words[index + 1] : undefined
}

const REFERENCE = '&(?:#([xX][\\da-fA-F]{1,6}|\\d{1,7})|([A-Za-z][A-Za-z\\d]{1,31}));'
/** A whole character reference, sticky. */
export const ENTITY = new RegExp(REFERENCE, 'y')
/** What may become one when more text comes. */
export const ENTITY_START = /&(?:#(?:[xX][\da-fA-F]{0,6}|\d{0,7})|[A-Za-z\d]{0,32})$/y

/**
 * The characters that a number or a name stands for; an unknown name gives nothing (CommonMark §2.5). One that may be
 * known when all names are loaded is added to `missing`, with `&` in front.
 */
export function decodeEntity(number: string | undefined, name: string, missing?: Set<string>): string | undefined {
  if (number === undefined) {
    const known = named(name)
    if (known === undefined && !all) missing?.add(`&${name}`)
    return known
  }
  const code = Number(/^x/i.test(number) ? `0${number}` : number)
  const isValid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return String.fromCodePoint(isValid ? code : 0xfffd)
}

const ESCAPE_OR_ENTITY = new RegExp(`\\\\([!-/:-@[-\`{-~])|${REFERENCE}`, 'g')

/** Resolves backslash escapes and character references in a destination, a title or an info string. */
export function unescapeText(text: string, missing?: Set<string>): string {
  return text.replace(
    ESCAPE_OR_ENTITY,
    (whole: string, escaped?: string, number?: string, name = '') =>
      escaped ?? decodeEntity(number, name, missing) ?? whole,
  )
}
