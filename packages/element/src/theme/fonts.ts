import type { FontObject } from '@openai/chatkit'

/** Faces asked for already, over all chats of the page: a face must not be loaded twice. */
const asked = new Set<string>()

/** Loads faces into the document, where a shadow root finds them. A face that fails is left out: the next family of the stack serves. */
export function loadFonts(document: Document, sources: readonly FontObject[]): void {
  for (const source of sources) {
    const name = JSON.stringify(source)
    if (asked.has(name)) continue
    asked.add(name)
    const face = new FontFace(source.family, `url(${JSON.stringify(source.src)})`, {
      ...(source.weight === undefined ? {} : { weight: String(source.weight) }),
      ...(source.style === undefined ? {} : { style: source.style }),
      ...(source.unicodeRange === undefined ? {} : { unicodeRange: source.unicodeRange }),
      display: source.display ?? 'swap',
    })
    document.fonts.add(face)
    face.load().catch(() => document.fonts.delete(face))
  }
}
