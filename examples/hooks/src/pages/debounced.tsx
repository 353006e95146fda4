import { StreamErrorBoundary, useDebouncedStream } from '@millrace/react'
import { showPage } from '../parts/show-page.tsx'

function DebouncedStream() {
  const { response, isStreaming, error, stream } = useDebouncedStream(300)
  return (
    <StreamErrorBoundary error={error}>
      <label htmlFor="message">Type a message; it is sent when you pause</label>
      <input id="message" placeholder="Count to 20" onChange={({ target }) => target.value && stream(target.value)} />
      <section className="answer" aria-label="Answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </section>
    </StreamErrorBoundary>
  )
}

showPage('debounced', DebouncedStream)
