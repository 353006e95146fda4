import { createStreamClient, type StreamClient, type StreamState } from '@millrace/client/stream'
import { StreamingMarkdown } from '@millrace/react'
import { createRoot } from 'react-dom/client'
import type { Show } from '../contender.ts'

/** Our React component, following a client's text. */
export const streamingMarkdown: Show = (root) => {
  const { client, set } = clientOfText()
  createRoot(root).render(<StreamingMarkdown stream={client} />)
  let text = ''
  return {
    append(piece) {
      text += piece
      set(text, true)
    },
    done: () => set(text, false),
    flush: () => undefined,
  }
}

/** A client whose text we say; its listeners are told once a frame, as a real one's are, and at the end. */
function clientOfText(): { client: StreamClient; set: (response: string, isStreaming: boolean) => void } {
  const real = createStreamClient()
  const listeners = new Set<() => void>()
  let state: StreamState = { ...real.getSnapshot(), messageId: 'message', isStreaming: true }
  let isAsked = false
  const tell = () => {
    isAsked = false
    for (const listener of listeners) listener()
  }
  return {
    client: {
      getSnapshot: () => state,
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      onToken: (listener) => real.onToken(listener),
      start: (message, options) => real.start(message, options),
      attach: (messageId, after) => real.attach(messageId, after),
      restore: () => real.restore(),
      stop: () => real.stop(),
      pause: () => real.pause(),
      resume: () => real.resume(),
      close: () => real.close(),
      setOptions: (options) => real.setOptions(options),
    },
    set(response, isStreaming) {
      state = { ...state, response, isStreaming }
      if (!isStreaming) tell()
      else if (!isAsked) {
        isAsked = true
        requestAnimationFrame(tell)
      }
    },
  }
}
