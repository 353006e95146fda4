/** As what the bytes of an upload may be served: a browser must never run what a user uploaded. */

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])
const DOCUMENTS = new Set(['application/pdf', 'text/plain'])

export interface SafeContentType {
  contentType: string
  disposition: 'inline' | 'attachment'
}

/**
 * A few types are shown as what they are; all others, HTML, SVG and XML among them, are downloads of unknown bytes.
 * Holds together with `x-content-type-options: nosniff`, which keeps a browser from looking for itself.
 */
export function safeContentType(mimeType: string): SafeContentType {
  const type = essence(mimeType)
  if (type === 'text/plain') return { contentType: 'text/plain; charset=utf-8', disposition: 'inline' }
  if (IMAGES.has(type) || DOCUMENTS.has(type)) return { contentType: type, disposition: 'inline' }
  return { contentType: 'application/octet-stream', disposition: 'attachment' }
}

/** Whether a browser can show it as an image, as which it is also served. */
export function isShownAsImage(mimeType: string): boolean {
  return IMAGES.has(essence(mimeType))
}

/** The type without its parameters. */
export function essence(mimeType: string): string {
  const [type = ''] = mimeType.split(';')
  return type.trim().toLowerCase()
}
