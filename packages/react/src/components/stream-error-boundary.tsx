'use client'
import { type StreamError, toStreamError } from '@millrace/client/stream'
import { Component, type ReactElement, type ReactNode } from 'react'

export interface StreamErrorBoundaryProps {
  children?: ReactNode
  /** Shown in the place of the failed children. Default: what happened, what can be done, and a button that tries again. */
  fallback?: ReactNode | ((error: StreamError, reset: () => void) => ReactNode)
  /**
   * The error of a hook, which is not thrown: it is shown below the children, whose text stays. `onReset` is then where
   * the message is sent again.
   */
  error?: StreamError | null
  /** Called when somebody wants to try again. */
  onReset?: () => void
  /** Called with what was thrown in a render. */
  onError?: (error: StreamError) => void
}

interface Caught {
  error: StreamError | null
}

/**
 * Catches what is thrown while an answer is shown, and says what a person can do.
 *
 * @example
 * <StreamErrorBoundary error={error} onReset={() => startStream(message)}>
 *   <StreamingMarkdown stream={stream} />
 * </StreamErrorBoundary>
 */
export class StreamErrorBoundary extends Component<StreamErrorBoundaryProps, Caught> {
  override state: Caught = { error: null }

  static getDerivedStateFromError(thrown: unknown): Caught {
    return { error: toStreamError(thrown) }
  }

  override componentDidCatch(thrown: unknown): void {
    this.props.onError?.(toStreamError(thrown))
  }

  #reset = (): void => {
    this.setState({ error: null })
    this.props.onReset?.()
  }

  override render(): ReactNode {
    const { children, error: given = null } = this.props
    const { error } = this.state
    if (error) return this.#tell(error)
    return (
      <>
        {children}
        {given && this.#tell(given)}
      </>
    )
  }

  #tell(error: StreamError): ReactNode {
    const { fallback, onReset } = this.props
    if (typeof fallback === 'function') return fallback(error, this.#reset)
    if (fallback !== undefined) return fallback
    const canReset = error === this.state.error || (error.recoverable && onReset !== undefined)
    return <Failure error={error} onReset={canReset ? this.#reset : undefined} />
  }
}

function Failure({ error, onReset }: { error: StreamError; onReset: (() => void) | undefined }): ReactElement {
  return (
    <div role="alert">
      <p>{error.message}</p>
      {onReset && (
        <button type="button" onClick={onReset}>
          Try again
        </button>
      )}
    </div>
  )
}
