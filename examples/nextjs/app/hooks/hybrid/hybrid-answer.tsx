'use client'

import { StreamMetrics, useHybridStreaming } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

export function HybridAnswer() {
  const stream = useHybridStreaming(useStreamSettings())
  const { ask, askAgain } = asking(stream)
  return (
    <>
      <AskForm isStreaming={stream.isStreaming} onSend={ask} onStop={stream.stopStream} />
      <PlainAnswer
        response={stream.response}
        isStreaming={stream.isStreaming}
        error={stream.error}
        onRetry={askAgain}
      />
      <Facts facts={{ Method: stream.method, Connection: stream.connectionState }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
