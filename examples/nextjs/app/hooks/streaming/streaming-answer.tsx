'use client'

import { StreamErrorBoundary, StreamingMarkdown, StreamMetrics, useStreamingResponse } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { useLastMessage } from '../../../components/hooks/use-last-message.ts'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

/** Reads no text itself: `<StreamingMarkdown>` and `<StreamMetrics>` follow the stream without a render of this component. */
export function StreamingAnswer() {
  const stream = useStreamingResponse(useStreamSettings())
  const { send, sendAgain } = useLastMessage(stream.startStream)
  return (
    <>
      <AskForm isStreaming={stream.isStreaming} onSend={send} onStop={stream.stopStream} />
      <StreamErrorBoundary error={stream.error} onReset={sendAgain}>
        <StreamingMarkdown className="answer" stream={stream} />
      </StreamErrorBoundary>
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
