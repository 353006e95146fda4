import type { RefObject } from 'preact'
import { Icon } from '../icons/icon.tsx'

interface IconButtonProps {
  icon: string
  /** The accessible name, also shown as a tooltip. */
  label: string
  onClick: (event: MouseEvent) => void
  size?: number
  className?: string
  disabled?: boolean
  pressed?: boolean
  expanded?: boolean
  part?: string
  buttonRef?: RefObject<HTMLButtonElement> | null
}

/** A button of one icon with a name. */
export function IconButton(props: IconButtonProps) {
  return (
    <button
      type="button"
      ref={props.buttonRef ?? null}
      class={props.className ? `icon-button ${props.className}` : 'icon-button'}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-haspopup={props.expanded === undefined ? undefined : 'menu'}
      part={props.part}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={props.size ?? 18} />
    </button>
  )
}
