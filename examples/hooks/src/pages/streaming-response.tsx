import { StreamErrorBoundary, StreamMetrics, useStreamingResponse } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function StreamingResponse() {
  const stream = useStreamingResponse({ debug: true })
  const { response, isStreaming, error, connectionState } = stream
  const { ask, askAgain } = asking(stream)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <AskForm isStreaming={isStreaming} onSend={ask} onStop={stream.stopStream} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
      <Facts of={{ connectionState }} />
      <StreamMetrics stream={stream} className="facts" />
    </StreamErrorBoundary>
  )
}

showPage('streaming-response', StreamingResponse)
