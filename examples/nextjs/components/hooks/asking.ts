import type { StreamClient } from '@millrace/react'

interface Asked {
  startStream(message: string): unknown
  /** A store has none. */
  client?: Pick<StreamClient, 'restore'>
}

/** Sends a message, and tries again where its answer failed. In `sessionStorage`, since a reload may lie between the two. */
export function asking({ startStream, client }: Asked) {
  const key = () => `asked on ${location.pathname}`
  return {
    ask(message: string): void {
      sessionStorage.setItem(key(), message)
      startStream(message)
    },
    /** Goes on behind what was heard. Only where there is nothing to go on with is the message sent anew. */
    askAgain(): void {
      if (!client?.restore()) startStream(sessionStorage.getItem(key()) ?? '')
    },
  }
}
