import type { Source } from '@millrace/protocol'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import type { NumberedSource } from './citations.ts'

/** All sources of a message, folded away until they are asked for (P22). */
export function SourceList({ sources }: { sources: readonly NumberedSource[] }) {
  const texts = useChat().messages.value
  return (
    <details class="sources" part="sources">
      <summary>
        <Icon name="book-open" size={16} />
        {texts.sources(sources.length)}
        <Icon name="chevron-down" size={14} className="disclosure" />
      </summary>
      <ol>
        {sources.map(({ number, source }) => (
          <li key={number} value={number}>
            <SourceTitle source={source} />
            <span class="source-site">{siteOf(source)}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}

/** A card beside the marker that is pointed at; it stays inside the chat's box. */
export function SourceCard({ sources, marker }: { sources: readonly NumberedSource[]; marker: HTMLElement }) {
  const card = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = card.current
    const parent = element?.offsetParent
    if (!element || !parent) return
    const box = parent.getBoundingClientRect()
    const place = marker.getBoundingClientRect()
    const left = Math.max(0, Math.min(place.left - box.left - 12, box.width - element.offsetWidth))
    element.style.left = `${left}px`
    element.style.top = `${place.bottom - box.top + 6}px`
  }, [marker])
  return (
    <div class="source-card" ref={card} role="tooltip">
      {sources.map(({ number, source }) => (
        <div key={number}>
          <strong dir="auto">{source.title}</strong>
          <span class="source-site">{[siteOf(source), source.timestamp].filter(Boolean).join(' · ')}</span>
          {source.description && <p dir="auto">{source.description}</p>}
        </div>
      ))}
    </div>
  )
}

function SourceTitle({ source }: { source: Source }) {
  const chat = useChat()
  const { onClick } = chat.options.value.entities
  if (source.type === 'url' && /^https?:/i.test(source.url)) {
    return (
      <a href={source.url} target="_blank" rel="noopener noreferrer" dir="auto">
        {source.title}
      </a>
    )
  }
  if (source.type === 'entity' && source.interactive && onClick) {
    const entity = {
      id: source.id,
      title: source.title,
      interactive: true,
      data: (source.data ?? {}) as Record<string, string>,
    }
    return (
      <button type="button" class="link" onClick={() => chat.callPage(() => onClick(entity))}>
        {source.title}
      </button>
    )
  }
  return <span dir="auto">{source.title}</span>
}

/** Where a source is from: its site, its file, or its kind. */
export function siteOf(source: Source): string {
  if (source.type === 'file') return source.filename === source.title ? '' : source.filename
  if (source.type === 'entity') return source.label ?? ''
  try {
    return source.attribution ?? new URL(source.url).hostname.replace(/^www\./, '')
  } catch {
    return source.attribution ?? ''
  }
}
