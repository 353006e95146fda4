import type { Signal } from '@preact/signals'
import type { Citation, NumberedSource } from './citations.ts'

/** What is shown beside a marker while it is pointed at or has the focus. */
export type ShownSources = { sources: readonly NumberedSource[]; marker: HTMLElement } | null

const hoverDelayMs = 150

/** The numbers at one place of the text: a link for a web page, else a button that shows the source (P19–P21). */
export function citationMarker(
  citation: Citation,
  label: (number: number, title: string) => string,
  shown: Signal<ShownSources>,
): HTMLElement {
  const group = document.createElement('span')
  group.className = 'citation'
  let timer: ReturnType<typeof setTimeout> | undefined
  for (const numbered of citation.sources) {
    const { number, source } = numbered
    const marker = document.createElement(source.type === 'url' ? 'a' : 'button')
    if (marker instanceof HTMLAnchorElement && source.type === 'url' && /^https?:/i.test(source.url)) {
      marker.href = source.url
      marker.target = '_blank'
      marker.rel = 'noopener noreferrer'
    } else if (marker instanceof HTMLButtonElement) marker.type = 'button'
    marker.className = 'citation-number'
    marker.setAttribute('aria-label', label(number, source.title))
    marker.textContent = source.type === 'entity' && source.inline_label ? source.inline_label : String(number)
    const show = () => {
      shown.value = { sources: [numbered], marker }
    }
    const hide = () => {
      clearTimeout(timer)
      if (shown.peek()?.marker === marker) shown.value = null
    }
    marker.addEventListener('pointerenter', () => {
      timer = setTimeout(show, hoverDelayMs)
    })
    marker.addEventListener('pointerleave', hide)
    marker.addEventListener('focus', show)
    marker.addEventListener('blur', hide)
    marker.addEventListener('keydown', (event) => {
      if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || shown.peek()?.marker !== marker) return
      event.stopPropagation()
      hide()
    })
    group.append(marker)
  }
  return group
}
