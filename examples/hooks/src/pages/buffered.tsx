import {
  type BufferedStreamOptions,
  StreamErrorBoundary,
  StreamingMarkdown,
  useBufferedStreaming,
} from '@millrace/react'
import { useState } from 'react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

type Buffer = NonNullable<BufferedStreamOptions['buffer']>

const BUFFERS: Record<string, Buffer> = {
  'auto, measured while it streams': 'auto',
  'high_latency: 20 tokens': 'high_latency',
  'local: 5 tokens': 'local',
  'high_speed: 2 tokens': 'high_speed',
  'cpu_constrained: 10 tokens': 'cpu_constrained',
  'unlimited: every token': 'unlimited',
  '50 tokens': 50,
}

function BufferedStreaming() {
  const [buffer, setBuffer] = useState<Buffer>('auto')
  const stream = useBufferedStreaming({ buffer })
  const { isStreaming, error, bufferSize, connectionState } = stream
  const { ask, askAgain } = asking(stream)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <AskForm
        isStreaming={isStreaming}
        onSend={ask}
        onStop={stream.stopStream}
        message="Write a long answer in markdown"
      />
      <label htmlFor="buffer">Buffer</label>
      <select id="buffer" onChange={(event) => setBuffer(BUFFERS[event.target.value] ?? 'auto')}>
        {Object.keys(BUFFERS).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <StreamingMarkdown stream={stream} className="answer markdown" role="region" aria-label="Answer" />
      <Facts of={{ buffer: stream.buffer, 'tokens shown at once': bufferSize, connectionState }} />
    </StreamErrorBoundary>
  )
}

showPage('buffered', BufferedStreaming)
