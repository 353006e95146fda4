import { StreamErrorBoundary, useDebouncedStream } from '@millrace/react'
import { useState } from 'react'

export function AnswersWhileTyping() {
  const [message, setMessage] = useState('')
  const { response, isStreaming, error, client, stream, startStream, stopStream } = useDebouncedStream(300)
  const type = (typed: string) => {
    setMessage(typed)
    if (typed.trim()) stream(typed)
    else stopStream()
  }
  return (
    <StreamErrorBoundary error={error} onReset={() => client.restore() ?? startStream(message)}>
      <label htmlFor="message">Type a message; it is sent when you pause</label>
      <input id="message" placeholder="Count to 20" value={message} onChange={({ target }) => type(target.value)} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
    </StreamErrorBoundary>
  )
}
