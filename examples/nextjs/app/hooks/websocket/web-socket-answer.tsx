'use client'

import { StreamMetrics, useWebSocketStreaming } from '@millrace/react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

/** Needs a Millrace server besides this app: a route handler answers requests, and can't take a WebSocket. */
export function WebSocketAnswer() {
  const settings = useStreamSettings()
  const stream = useWebSocketStreaming(settings)
  const { ask, askAgain } = asking(stream)
  const hasServer = settings.url !== undefined
  return (
    <>
      {!hasServer && (
        <p className="notice">
          A route handler of Next.js can’t take a WebSocket, so this page needs a Millrace server of its own. Start one
          with <code>CORS_ORIGINS</code> naming this page, and name it in <code>NEXT_PUBLIC_API_URL</code>, for example{' '}
          <code>NEXT_PUBLIC_API_URL=http://127.0.0.1:8000</code>. All other hooks work without.
        </p>
      )}
      <AskForm isStreaming={stream.isStreaming} isOff={!hasServer} onSend={ask} onStop={stream.stopStream}>
        <button
          type="button"
          disabled={!stream.isStreaming}
          onClick={stream.isPaused ? stream.resumeStream : stream.pauseStream}
        >
          {stream.isPaused ? 'Resume' : 'Pause'}
        </button>
      </AskForm>
      <PlainAnswer
        response={stream.response}
        isStreaming={stream.isStreaming}
        error={stream.error}
        onRetry={askAgain}
      />
      <Facts facts={{ Connection: stream.connectionState }} />
      <StreamMetrics className="facts" stream={stream} />
    </>
  )
}
