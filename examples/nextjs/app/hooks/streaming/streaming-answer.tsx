'use client'

import { StreamErrorBoundary, StreamingMarkdown, StreamMetrics, useStreamingResponse } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

/** Reads no text itself: `<StreamingMarkdown>` and `<StreamMetrics>` follow the stream without a render of this component. */
export function StreamingAnswer() {
  const stream = useStreamingResponse(useStreamSettings())
  const { ask, askAgain } = asking(stream)
  return (
    <>
      <AskForm isStreaming={stream.isStreaming} onSend={ask} onStop={stream.stopStream} />
      <StreamErrorBoundary error={stream.error} onReset={askAgain}>
        <StreamingMarkdown className="answer markdown" stream={stream} />
      </StreamErrorBoundary>
      <Facts facts={{ Connection: stream.connectionState }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
