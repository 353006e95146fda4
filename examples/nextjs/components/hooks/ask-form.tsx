'use client'

import { type FormEvent, type ReactNode, useState } from 'react'

export interface AskFormProps {
  isStreaming: boolean
  onSend(message: string): void
  onStop(): void
  /** Whether nothing can be sent. */
  isOff?: boolean
  /** More buttons. */
  children?: ReactNode
}

/** A message, and the buttons that send it and stop its answer. */
export function AskForm({ isStreaming, onSend, onStop, isOff = false, children }: AskFormProps) {
  const [message, setMessage] = useState('Count to 100')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (message.trim()) onSend(message)
  }
  return (
    <form className="ask" onSubmit={submit}>
      <label className="field">
        Message
        <input type="text" value={message} disabled={isOff} onChange={({ target }) => setMessage(target.value)} />
      </label>
      <button type="submit" disabled={isOff}>
        Send
      </button>
      <button type="button" disabled={!isStreaming} onClick={onStop}>
        Stop
      </button>
      {children}
    </form>
  )
}
