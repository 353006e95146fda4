'use client'

import { StreamMetrics, useHybridStreaming } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useLastMessage } from '../../../components/hooks/use-last-message.ts'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

export function HybridAnswer() {
  const stream = useHybridStreaming(useStreamSettings())
  const { send, sendAgain } = useLastMessage(stream.startStream)
  return (
    <>
      <AskForm isStreaming={stream.isStreaming} onSend={send} onStop={stream.stopStream} />
      <PlainAnswer
        response={stream.response}
        isStreaming={stream.isStreaming}
        error={stream.error}
        onRetry={sendAgain}
      />
      <Facts facts={{ Method: stream.method }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
