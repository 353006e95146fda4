import { StreamErrorBoundary, useWebSocketStreaming } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

function WebSocketStreaming() {
  const stream = useWebSocketStreaming()
  const { response, isStreaming, isPaused, error, connectionState } = stream
  const { ask, askAgain } = asking(stream)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <AskForm isStreaming={isStreaming} onSend={ask} onStop={stream.stopStream} />
      <div className="row">
        <button type="button" onClick={stream.pauseStream} disabled={!isStreaming || isPaused}>
          Pause
        </button>
        <button type="button" onClick={stream.resumeStream} disabled={!isPaused}>
          Resume
        </button>
      </div>
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
      <Facts of={{ connectionState, isPaused }} />
    </StreamErrorBoundary>
  )
}

showPage('web-socket', WebSocketStreaming)
