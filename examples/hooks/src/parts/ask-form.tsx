import type { ReactElement } from 'react'

export interface AskFormProps {
  isStreaming: boolean
  onSend(message: string): void
  onStop(): void
  /** What stands there at first. */
  message?: string
}

/** A message, and the buttons that send it and stop its answer. */
export function AskForm({ isStreaming, onSend, onStop, message = 'Count to 100' }: AskFormProps): ReactElement {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const message = String(new FormData(event.currentTarget).get('message'))
        if (message.trim()) onSend(message)
      }}
    >
      <label htmlFor="message">Message</label>
      <div className="row">
        <input id="message" name="message" defaultValue={message} required />
        <button type="submit">Send</button>
        <button type="button" onClick={onStop} disabled={!isStreaming}>
          Stop
        </button>
      </div>
    </form>
  )
}
