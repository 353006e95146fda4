import { h } from 'preact'
import { findIcon } from './icons.ts'

/** A decorative drawing, hidden from assistive technology; an unknown name draws nothing. `size` is in CSS pixels. */
export function Icon({ name, size = 18, className }: { name: string; size?: number; className?: string }) {
  const icon = findIcon(name)
  if (!icon) return null
  return (
    <svg
      class={className ? `icon ${className}` : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={icon.isFilled ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {icon.nodes.map(([tag, attributes], index) =>
        // What lies on a filled shape is cut out of it, else the check of a filled circle could not be seen.
        h(tag, { ...attributes, key: index, class: icon.isFilled && index > 0 ? 'icon-cut' : undefined }),
      )}
    </svg>
  )
}
