import { StreamErrorBoundary, useResilientStreaming } from '@millrace/react'
import { useState } from 'react'
import { AskForm } from '../parts/ask-form.tsx'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function ResilientStreaming() {
  const stream = useResilientStreaming({ resumeKey: 'example-resilient', maxRetries: 4, retryDelay: 500 })
  const { response, isStreaming, error, attempt, messageId, connectionState, outcome } = stream
  const [message, setMessage] = useState('Count to 100')
  const send = (text: string) => {
    setMessage(text)
    stream.startStream(text)
  }
  return (
    <StreamErrorBoundary error={error} onReset={() => send(message)}>
      <AskForm isStreaming={isStreaming} onSend={send} onStop={stream.stopStream} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
      <Facts of={{ connectionState, attempt, outcome, messageId }} />
    </StreamErrorBoundary>
  )
}

showPage('resilient', ResilientStreaming)
