import { StreamErrorBoundary, useResilientStreaming } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function ResilientStreaming() {
  // Seven tries, each after twice the wait of the one before: a minute in which the server may be away.
  const stream = useResilientStreaming({ resumeKey: 'example-resilient', maxRetries: 7, retryDelay: 500 })
  const { response, isStreaming, error, attempt, messageId, connectionState, outcome } = stream
  const { ask, askAgain } = asking(stream)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <AskForm isStreaming={isStreaming} onSend={ask} onStop={stream.stopStream} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
      <Facts of={{ connectionState, attempt, outcome, messageId }} />
    </StreamErrorBoundary>
  )
}

showPage('resilient', ResilientStreaming)
