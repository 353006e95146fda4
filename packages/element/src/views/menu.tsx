import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../icons/icon.tsx'

export interface MenuEntry {
  readonly label: string
  readonly icon?: string
  readonly detail?: string
  readonly isChecked?: boolean
  readonly isDisabled?: boolean
  readonly isDangerous?: boolean
  readonly onSelect: () => void
}

interface MenuProps {
  label: string
  heading?: string
  align: 'start' | 'end'
  entries: readonly MenuEntry[]
  /** Draws the trigger; it gets whether the menu is open and the way to toggle it. */
  trigger: (isOpen: boolean, toggle: () => void) => ComponentChildren
}

/** A button with an ARIA menu: arrows, Home, End, type-ahead; Escape closes and gives the focus back (A3, A5). */
export function Menu({ label, heading, align, entries, trigger }: MenuProps) {
  const isOpen = useSignal(false)
  const anchor = useRef<HTMLSpanElement>(null)
  const close = (giveFocusBack: boolean) => {
    isOpen.value = false
    if (giveFocusBack) anchor.current?.querySelector('button')?.focus()
  }
  useEffect(() => {
    if (!isOpen.value) return undefined
    const document = anchor.current?.ownerDocument
    const onPointer = (event: PointerEvent) => {
      if (anchor.current && !event.composedPath().includes(anchor.current)) close(false)
    }
    document?.addEventListener('pointerdown', onPointer, true)
    return () => document?.removeEventListener('pointerdown', onPointer, true)
  }, [isOpen.value])
  return (
    <span
      class="menu-anchor"
      role="none"
      ref={anchor}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen.value) return
        event.stopPropagation()
        event.preventDefault()
        close(true)
      }}
      onFocusOut={(event) => {
        const goesTo = event.relatedTarget
        if (goesTo instanceof Node && !anchor.current?.contains(goesTo)) close(false)
      }}
    >
      {trigger(isOpen.value, () => {
        isOpen.value = !isOpen.value
      })}
      {isOpen.value && (
        <MenuList label={label} heading={heading} align={align} entries={entries} onSelected={() => close(true)} />
      )}
    </span>
  )
}

type MenuListProps = Pick<MenuProps, 'label' | 'align' | 'entries'> & {
  heading: string | undefined
  onSelected: () => void
}

function MenuList({ label, heading, align, entries, onSelected }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null)
  const items = () => [...(list.current?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])]

  useLayoutEffect(() => {
    const element = list.current
    const room = element?.closest('.ck')?.getBoundingClientRect()
    const place = element?.parentElement?.getBoundingClientRect()
    if (!element || !room || !place) return
    // Opens to the side with more room, and never leaves the chat's box (M3).
    const above = place.top - room.top
    const below = room.bottom - place.bottom
    element.classList.add(below >= element.offsetHeight + 8 || below >= above ? 'down' : 'up')
    element.style.maxHeight = `${Math.min(element.offsetHeight, Math.max(above, below) - 16)}px`
    const { left, right } = element.getBoundingClientRect()
    const shift = Math.min(0, room.right - 8 - right) + Math.max(0, room.left + 8 - left)
    if (shift !== 0) element.style.translate = `${shift}px`
    const checked = element.querySelector<HTMLButtonElement>('[aria-checked="true"]')
    const first = checked ?? items()[0]
    first?.focus()
  }, [])

  const move = (event: KeyboardEvent) => {
    const all = items()
    const at = all.findIndex((item) => item.matches(':focus'))
    const target = {
      ArrowDown: all[(at + 1) % all.length],
      ArrowUp: all[(at - 1 + all.length) % all.length],
      Home: all[0],
      End: all.at(-1),
    }[event.key]
    const typed = event.key.length === 1 && event.key !== ' ' ? event.key.toLowerCase() : undefined
    const found =
      target ??
      (typed && [...all.slice(at + 1), ...all].find((item) => item.textContent?.trim().toLowerCase().startsWith(typed)))
    if (!found) return
    event.preventDefault()
    found.focus()
  }

  return (
    <div class={`menu ${align}`} role="menu" aria-label={label} ref={list} onKeyDown={move}>
      {heading && (
        <div class="menu-heading" role="presentation">
          {heading}
        </div>
      )}
      {entries.map((entry) => (
        <button
          key={entry.label}
          type="button"
          class={entry.isDangerous ? 'menu-item danger' : 'menu-item'}
          {...(entry.isChecked === undefined
            ? { role: 'menuitem' }
            : { role: 'menuitemradio', 'aria-checked': entry.isChecked })}
          disabled={entry.isDisabled}
          tabIndex={-1}
          onClick={() => {
            onSelected()
            entry.onSelect()
          }}
        >
          {entry.icon && <Icon name={entry.icon} />}
          <span class="grow">
            {entry.label}
            {entry.detail && <span class="detail">{entry.detail}</span>}
          </span>
          {entry.isChecked && <Icon name="check" size={16} />}
        </button>
      ))}
    </div>
  )
}
