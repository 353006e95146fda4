import { LazyStreamingMarkdown, StreamErrorBoundary, useHybridStreaming } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function HybridStreaming() {
  const stream = useHybridStreaming({ timeout: { firstToken: 5000 } })
  const { isStreaming, error, method, outcome, connectionState } = stream
  const { ask, askAgain } = asking(stream)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <AskForm isStreaming={isStreaming} onSend={ask} onStop={stream.stopStream} />
      <LazyStreamingMarkdown stream={stream} className="answer markdown" role="region" aria-label="Answer" />
      <Facts of={{ method, outcome, connectionState }} />
    </StreamErrorBoundary>
  )
}

showPage('hybrid', HybridStreaming)
