import { type StreamError, StreamErrorBoundary } from '@millrace/react'

export interface PlainAnswerProps {
  response: string
  isStreaming: boolean
  error: StreamError | null
  /** Goes on with the answer, or asks again. */
  onRetry(): void
}

/** The text of an answer, and below it what went wrong, with a button where trying again may help. */
export function PlainAnswer({ response, isStreaming, error, onRetry }: PlainAnswerProps) {
  return (
    <StreamErrorBoundary error={error} onReset={onRetry}>
      <p className="answer" aria-live="polite" aria-busy={isStreaming}>
        {response}
      </p>
    </StreamErrorBoundary>
  )
}
