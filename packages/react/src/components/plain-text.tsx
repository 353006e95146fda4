'use client'
import { type ReactElement, useMemo, useSyncExternalStore } from 'react'
import { clientOf } from './stream-source.ts'
import type { StreamingMarkdownProps } from './streaming-markdown.tsx'

/** The text as it is: on the server, and where the renderer is not loaded (yet). */
export function PlainText(props: StreamingMarkdownProps): ReactElement {
  const { text, isStreaming: _, stream, options: __, ...attributes } = props
  const client = stream && clientOf(stream)
  const source = useMemo(() => {
    const response = () => client?.getSnapshot().response
    const atFirst = response()
    return { response, atFirst: () => atFirst, subscribe: client?.subscribe ?? subscribeToNothing }
  }, [client])
  const streamed = useSyncExternalStore(source.subscribe, source.response, source.atFirst)
  return (
    <div aria-live="polite" {...attributes}>
      {text ?? streamed}
    </div>
  )
}

const subscribeToNothing = () => () => {}
