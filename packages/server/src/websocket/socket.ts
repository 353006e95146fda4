/** What a runtime gives a WebSocket session, and what it is told: the few lines between them are the runtime's adapter. */

/** The server's end of an open WebSocket. Nothing here throws; what is sent once it is closing goes nowhere. */
export interface Socket {
  /** Sends text messages in order. They are one batch, so that an adapter can make one write of them. */
  send(messages: readonly string[]): void
  close(code: number, reason: string): void
  /** Bytes that were sent and have not left this process yet. */
  readonly bufferedAmount: number
}

/**
 * Serves one WebSocket. The runtime's adapter opens it once, tells it of everything that happens to the socket, and may
 * forget it after `closed`. Until it is opened it holds nothing that has to be released.
 *
 * @example
 * // Bun: `data` is the session
 * const websocket = {
 *   open: (ws) => ws.data.open({
 *     send: (messages) => ws.cork(() => { for (const message of messages) ws.send(message) }),
 *     close: (code, reason) => ws.close(code, reason),
 *     get bufferedAmount() { return ws.getBufferedAmount() },
 *   }),
 *   message: (ws, message) => ws.data.receive(message),
 *   ping: (ws) => ws.data.heard(),
 *   drain: (ws) => ws.data.drained(),
 *   close: (ws) => ws.data.closed(),
 * }
 */
export interface SocketSession {
  /** The subprotocol to answer the handshake with; undefined where the client offered none that is ours. */
  readonly protocol: string | undefined
  open(socket: Socket): void
  /** A message: a string, or the bytes of a binary one. */
  receive(message: string | Uint8Array): void
  /** A ping or a pong: a sign of life. */
  heard(): void
  /** What was sent has left this process: `bufferedAmount` is small again. */
  drained(): void
  closed(): void
  /** The server goes away: closes with 1001 once the runs that are followed have ended, at once where there are none. */
  goAway(): void
}

export interface SocketOptions {
  /** Runs that one socket may follow at once; one more is an error. Default 64. */
  maxRuns: number
  /** Bytes that may wait in a slow socket before nothing more is read from the log for it. Default 1 MiB. */
  maxBufferedBytes: number
  /** Messages that a client may send in a second, heartbeats included; more close the socket. Default 50. */
  maxCommandsPerSecond: number
  /** Milliseconds of the server's own silence after which it sends a heartbeat. Default 30,000. */
  heartbeatMs: number
  /** Milliseconds of the client's silence after which the socket is closed. Default 60,000. */
  idleMs: number
}

/** Bytes of a client's message at most; a longer one closes the socket. */
export const MAX_MESSAGE_BYTES = 256 * 1024

/** The subprotocol that a client may offer: beside it a browser can send a secret as `bearer.<client_secret>`. */
export const SUBPROTOCOL = 'millrace'

/** Codes that a socket is closed with (RFC 6455, 7.4.1). */
export const CLOSE = { goingAway: 1001, policy: 1008, tooBig: 1009 } as const

/** @throws TypeError where the server's heartbeats would come too late for a client that closes as the server does */
export function socketOptions(given: Partial<SocketOptions> = {}): SocketOptions {
  const options = {
    maxRuns: 64,
    maxBufferedBytes: 1024 * 1024,
    maxCommandsPerSecond: 50,
    heartbeatMs: 30_000,
    idleMs: 60_000,
    ...given,
  }
  if (options.heartbeatMs >= options.idleMs) throw new TypeError('`heartbeatMs` must be shorter than `idleMs`.')
  return options
}
