import { LazyStreamingMarkdown, StreamErrorBoundary, useHybridStreaming } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function HybridStreaming() {
  const stream = useHybridStreaming({ timeout: { firstToken: 5000 } })
  const { isStreaming, error, method, outcome } = stream
  return (
    <StreamErrorBoundary error={error}>
      <AskForm isStreaming={isStreaming} onSend={stream.startStream} onStop={stream.stopStream} />
      <LazyStreamingMarkdown stream={stream} className="answer markdown" role="region" aria-label="Answer" />
      <Facts of={{ method, outcome }} />
    </StreamErrorBoundary>
  )
}

showPage('hybrid', HybridStreaming)
