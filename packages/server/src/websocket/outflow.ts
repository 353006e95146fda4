/** What goes out on a socket: bounded by how fast the client reads. */
import type { Socket } from './socket.ts'

export class Outflow {
  readonly #maxBytes: number
  /** Wakes those who wait for room. */
  readonly #waiting = new Set<() => void>()
  #socket: Socket | undefined

  /** `maxBytes` may wait in the socket before there is no more room. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  open(socket: Socket): void {
    this.#socket = socket
  }

  send(messages: readonly string[]): void {
    this.#socket?.send(messages)
  }

  get isFull(): boolean {
    return this.#socket !== undefined && this.#socket.bufferedAmount > this.#maxBytes
  }

  /** Undefined while there is room, or once the signal is aborted; else resolves when that may have changed. */
  room(signal: AbortSignal): Promise<void> | undefined {
    if (signal.aborted || !this.isFull) return undefined
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  drained(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
