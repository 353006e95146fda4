'use client'

import { createStreamStore, StreamMetrics, useStreamStore } from '@millrace/react'
import { useState } from 'react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { asking } from '../../../components/hooks/asking.ts'
import { Facts } from '../../../components/hooks/facts.tsx'
import { PlainAnswer } from '../../../components/hooks/plain-answer.tsx'
import { useStreamSettings } from '../../../components/hooks/use-stream-settings.ts'

interface StoreProps {
  useStore: typeof useStreamStore
}

/** The package's own store asks the page's origin; one for another server is made by `createStreamStore`. */
export function StoredAnswer() {
  const settings = useStreamSettings()
  const [store] = useState(() => ({ useStore: settings.url ? createStreamStore(settings) : useStreamStore }))
  const { ask, askAgain } = asking(store.useStore.getState())
  return (
    <>
      <StoreForm {...store} onSend={ask} />
      <StoreText {...store} onRetry={askAgain} />
      <StoreFigures {...store} />
    </>
  )
}

function StoreForm({ useStore, onSend }: StoreProps & { onSend(message: string): void }) {
  const isStreaming = useStore((state) => state.isStreaming)
  const stopStream = useStore((state) => state.stopStream)
  return <AskForm isStreaming={isStreaming} onSend={onSend} onStop={stopStream} />
}

function StoreText({ useStore, onRetry }: StoreProps & { onRetry(): void }) {
  const response = useStore((state) => state.response)
  const isStreaming = useStore((state) => state.isStreaming)
  const error = useStore((state) => state.error)
  return <PlainAnswer response={response} isStreaming={isStreaming} error={error} onRetry={onRetry} />
}

function StoreFigures({ useStore }: StoreProps) {
  const metrics = useStore((state) => state.metrics)
  const words = useStore((state) => state.response.split(/\s+/).filter(Boolean).length)
  return (
    <>
      <Facts facts={{ Words: words }} />
      <StreamMetrics className="facts" metrics={metrics} />
    </>
  )
}
