import { StreamErrorBoundary, StreamMetrics, useStreamingResponse } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { showPage } from '../parts/show-page.tsx'

function StreamingResponse() {
  const stream = useStreamingResponse({ debug: true })
  const { response, isStreaming, error, startStream, stopStream } = stream
  return (
    <StreamErrorBoundary error={error}>
      <AskForm isStreaming={isStreaming} onSend={startStream} onStop={stopStream} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
      <StreamMetrics stream={stream} className="facts" />
    </StreamErrorBoundary>
  )
}

showPage('streaming-response', StreamingResponse)
