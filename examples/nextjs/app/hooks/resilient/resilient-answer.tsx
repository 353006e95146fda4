'use client'

import { StreamMetrics, useResilientStreaming } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

/**
 * `resumeKey` names what is remembered in this tab, so that a reload goes on with the same answer. Seven tries, each after
 * twice the wait of the one before: a minute in which the server may be away.
 */
export function ResilientAnswer() {
  const stream = useResilientStreaming({
    ...useStreamSettings(),
    resumeKey: 'example-resilient',
    maxRetries: 7,
    retryDelay: 500,
  })
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
