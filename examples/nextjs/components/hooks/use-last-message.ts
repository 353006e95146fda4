import { useState } from 'react'

/** Remembers what was sent last, so that it can be sent again where its answer failed. */
export function useLastMessage(sendIt: (message: string) => void) {
  const [last, setLast] = useState('')
  return {
    send(message: string) {
      setLast(message)
      sendIt(message)
    },
    sendAgain: () => sendIt(last),
  }
}
