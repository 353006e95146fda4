import type { AssistantMessageItem } from '@millrace/protocol'
import { useSignal } from '@preact/signals'
import { useCallback, useMemo, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { citationMarker } from './citation-marker.ts'
import { type Citation, citationsOf, type NumberedSource, numberSources } from './citations.ts'
import { MarkdownText } from './markdown-text.tsx'
import { SourceCard, SourceList } from './sources.tsx'

/** The answer, without a bubble, in markdown; its sources are numbered and listed under it (P11–P22). */
export function AssistantMessage({ item, isLive }: { item: AssistantMessageItem; isLive: boolean }) {
  const chat = useChat()
  const texts = chat.messages.value
  const sources = useMemo(() => numberSources(item.content), [item.content])
  const shown = useSignal<{ sources: readonly NumberedSource[]; marker: HTMLElement } | null>(null)
  const root = useRef<HTMLDivElement>(null)
  const draw = useCallback((citation: Citation) => citationMarker(citation, texts.source, shown), [texts, shown])
  return (
    <div class="assistant-message" part="message-assistant" ref={root}>
      <span class="hidden-text">{texts.assistant}</span>
      {item.content.map((part, index) => (
        <Part key={index} part={part} sources={sources} isLive={isLive} draw={draw} />
      ))}
      {sources.length > 0 && <SourceList sources={sources} />}
      {shown.value && <SourceCard {...shown.value} />}
    </div>
  )
}

interface PartProps {
  part: AssistantMessageItem['content'][number]
  sources: readonly NumberedSource[]
  isLive: boolean
  draw: (citation: Citation) => Node
}

function Part({ part, sources, isLive, draw }: PartProps) {
  const citations = useMemo(
    () => citationsOf(part, sources),
    [part.annotations, sources, part.annotations?.length ? part.text : ''],
  )
  return <MarkdownText text={part.text} isLive={isLive} citations={citations} drawCitation={draw} />
}
