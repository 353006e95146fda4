const scheme = /^chatkit-link:\/\/([^/?#]+)\/?(?:\?([^#]*))?/i

/** Reads `chatkit-link://name?key=value` (E69); `undefined` for any other address. */
export function readDeeplink(href: string): { name: string; data: Record<string, unknown> } | undefined {
  const match = scheme.exec(href)
  if (!match) return undefined
  const name = match[1] ?? ''
  return { name: decoded(name), data: Object.fromEntries(new URLSearchParams(match[2] ?? '')) }
}

/** A model writes these addresses: a stray percent sign must not throw. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
