/** Where a request carries its secret. */

/** Subprotocol by which a WebSocket of a browser, which can't send headers, carries a secret. */
const SUBPROTOCOL = 'bearer.'

/** What stands behind `authorization: Bearer`, else behind the WebSocket subprotocol `bearer.`; the header wins. */
export function bearerOf(request: Request): string | undefined {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) return /^Bearer +(.+)$/i.exec(authorization)?.[1]
  const offered = request.headers.get('sec-websocket-protocol')?.split(',') ?? []
  const found = offered.map((name) => name.trim()).find((name) => name.startsWith(SUBPROTOCOL))
  return found?.slice(SUBPROTOCOL.length) || undefined
}
