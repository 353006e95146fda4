'use client'

import { StreamMetrics, useBufferedStreaming } from '@millrace/react'
import { useState } from 'react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

const PROFILES = ['auto', 'high_latency', 'local', 'high_speed', 'cpu_constrained', 'unlimited'] as const

export function BufferedAnswer() {
  const settings = useStreamSettings()
  const [buffer, setBuffer] = useState(settings.bufferSize)
  const stream = useBufferedStreaming({ ...settings, buffer })
  const { ask, askAgain } = asking(stream)
  const options: readonly (typeof buffer)[] =
    typeof settings.bufferSize === 'number' ? [settings.bufferSize, ...PROFILES] : PROFILES
  return (
    <>
      <AskForm isStreaming={stream.isStreaming} onSend={ask} onStop={stream.stopStream} />
      <label className="field">
        Buffer
        <select
          value={buffer}
          onChange={({ target }) => setBuffer(options.find((each) => String(each) === target.value) ?? 'auto')}
        >
          {options.map((each) => (
            <option key={each} value={each}>
              {typeof each === 'number' ? `${each} tokens` : each}
            </option>
          ))}
        </select>
      </label>
      <PlainAnswer
        response={stream.response}
        isStreaming={stream.isStreaming}
        error={stream.error}
        onRetry={askAgain}
      />
      <Facts facts={{ 'Tokens at once': stream.bufferSize, Connection: stream.connectionState }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
