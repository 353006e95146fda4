'use client'
import type { StreamState } from '@millrace/client/stream'
import type { MarkdownOptions } from '@millrace/markdown'
import { type HTMLAttributes, type ReactElement, useLayoutEffect, useRef } from 'react'
import { type MarkdownWriter, markdownWriter } from './markdown-writer.ts'
import { PlainText } from './plain-text.tsx'
import { clientOf, type StreamSource } from './stream-source.ts'
import { useIsHydrated } from './use-is-hydrated.ts'

export interface StreamingMarkdownProps extends Omit<HTMLAttributes<HTMLDivElement>, 'children'> {
  /** A text that grows. One that does not begin with the text before takes its place. */
  text?: string
  /** Whether `text` may still grow. `false` completes it: what is half open at its end becomes what it is. */
  isStreaming?: boolean
  /** Instead of `text`: what a hook gives, or a client. Its text is followed without a render of any component. */
  stream?: StreamSource
  /** Of the first render; give another `key` for others. `onLink` may change. */
  options?: MarkdownOptions
}

/**
 * Markdown while it is written: only what is new is parsed and put into the page. The element is a polite live region, busy
 * while the text grows. The server renders the plain text.
 *
 * @example
 * <StreamingMarkdown stream={useStreamingResponse()} />
 */
export function StreamingMarkdown(props: StreamingMarkdownProps): ReactElement {
  const isHydrated = useIsHydrated()
  // Two elements: React must not find our nodes where it has put a text.
  return isHydrated ? <Live key="live" {...props} /> : <PlainText key="plain" {...props} />
}

function Live({ text, isStreaming, stream, options, ...attributes }: StreamingMarkdownProps): ReactElement {
  const element = useRef<HTMLDivElement>(null)
  const writer = useRef<MarkdownWriter>(null)
  const newest = useRef(options)
  const client = stream && clientOf(stream)
  useLayoutEffect(() => {
    newest.current = options
  })
  useLayoutEffect(() => {
    if (!element.current) return
    writer.current ??= markdownWriter(element.current, {
      ...newest.current,
      onLink: (href, event) => newest.current?.onLink?.(href, event),
    })
    const { current } = writer
    if (!client) {
      current.showSoon({ text: text ?? '', isComplete: isStreaming === false })
      return
    }
    let before: StreamState | undefined
    const show = () => {
      const state = client.getSnapshot()
      const isMore = before !== undefined && before.messageId === state.messageId
      current.show({ text: state.response, isComplete: !state.isStreaming, isMore })
      before = state
    }
    show()
    return client.subscribe(show)
  }, [client, text, isStreaming])
  useLayoutEffect(() => () => writer.current?.leave(), [])
  return <div aria-live="polite" {...attributes} ref={element} />
}
