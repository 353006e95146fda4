const SCHEMES = /^(?:https?|mailto|tel|sms|chatkit-link):$/
/** Raster formats only: an SVG is a document. */
const INLINE_IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp)[;,]/i

/** The browser's own parser decides what the scheme is, with all the blanks and control characters it overlooks. */
function schemeOf(address: string): string {
  try {
    return new URL(address, 'https://x/').protocol
  } catch {
    // An address that can't be parsed leads nowhere.
    return ''
  }
}

/** Relative addresses count as what the page's own address is. */
export function isSafeLink(href: string): boolean {
  return SCHEMES.test(schemeOf(href))
}

/** Whether an image can be shown without a request, with one, or not at all. */
export function imageSource(src: string): 'inline' | 'remote' | 'none' {
  if (INLINE_IMAGE.test(src)) return 'inline'
  return src !== '' && /^https?:/.test(schemeOf(src)) ? 'remote' : 'none'
}

/** What a page's policy says to an address as it will be used. One that fails says no. */
export function isAllowed(policy: (address: string) => boolean, address: string): boolean {
  try {
    return policy(address)
  } catch {
    return false
  }
}

/** Encodes what may not stand in an address, and leaves alone what is encoded already. */
export function encodeAddress(address: string): string {
  return encodeURI(address.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/%25([\da-f]{2})/gi, '%$1')
}
