import { StreamErrorBoundary, useStreamStore } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { asking } from '../parts/asking.ts'
import { Facts } from '../parts/facts.tsx'
import { showPage } from '../parts/show-page.tsx'

const { ask, askAgain } = asking(useStreamStore.getState())

function Answer() {
  const response = useStreamStore((state) => state.response)
  const isStreaming = useStreamStore((state) => state.isStreaming)
  return (
    <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
      {response}
    </section>
  )
}

/** Far from the answer, and nothing is handed down: it renders when an answer begins and ends. */
function Controls() {
  const isStreaming = useStreamStore((state) => state.isStreaming)
  const { stopStream, addToken, reset } = useStreamStore.getState()
  return (
    <>
      <AskForm isStreaming={isStreaming} onSend={ask} onStop={stopStream} />
      <div className="row">
        <button type="button" onClick={() => addToken('one more token ')}>
          Add a token by hand
        </button>
        <button type="button" onClick={reset}>
          Reset
        </button>
      </div>
    </>
  )
}

function StreamStore() {
  const error = useStreamStore((state) => state.error)
  const tokens = useStreamStore((state) => state.metrics.tokens)
  return (
    <StreamErrorBoundary error={error} onReset={askAgain}>
      <Controls />
      <Answer />
      <Facts of={{ tokens }} />
    </StreamErrorBoundary>
  )
}

showPage('store', StreamStore)
