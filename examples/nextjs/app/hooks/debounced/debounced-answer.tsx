'use client'

import { StreamMetrics, useDebouncedStream } from '@millrace/react'
import { useState } from 'react'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

const PAUSE_MS = 300

export function DebouncedAnswer() {
  const [message, setMessage] = useState('')
  const stream = useDebouncedStream(PAUSE_MS, useStreamSettings())
  const type = (typed: string) => {
    setMessage(typed)
    if (typed.trim()) stream.stream(typed)
    else stream.stopStream()
  }
  return (
    <>
      <label className="field">
        Message
        <input type="text" value={message} onChange={({ target }) => type(target.value)} />
      </label>
      <PlainAnswer
        response={stream.response}
        isStreaming={stream.isStreaming}
        error={stream.error}
        onRetry={() => stream.client.restore() ?? stream.startStream(message)}
      />
      <Facts facts={{ Connection: stream.connectionState }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
