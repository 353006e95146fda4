'use client'

import { StreamMetrics, useResilientStreaming } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useLastMessage } from '../../../components/hooks/use-last-message.ts'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

/** `resumeKey` names what is remembered in this tab, so that a reload goes on with the same answer. */
export function ResilientAnswer() {
  const stream = useResilientStreaming({ ...useStreamSettings(), resumeKey: 'example-resilient' })
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
      <Facts
        facts={{
          Connection: stream.connectionState,
          'Tries in a row': stream.attempt,
          Outcome: stream.outcome ?? '–',
          'Message id': stream.messageId ?? '–',
        }}
      />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
