import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { Icon as Drawing } from '../icons/icon.tsx'
import { actionOf, flag, oneOf, optionalText, text, type WidgetNode } from './node.ts'
import { blockStyle, color, compact } from './values.ts'
import { useWidgetScope } from './widget-scope.ts'

const iconPixels = { xs: 14, sm: 16, md: 18, lg: 20, xl: 22, '2xl': 24, '3xl': 28 } as const
const controlSizes = ['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const
const colors = ['primary', 'secondary', 'info', 'discovery', 'success', 'caution', 'warning', 'danger'] as const
const variants = ['solid', 'soft', 'outline', 'ghost'] as const

export function Badge({ node }: { node: WidgetNode }) {
  const variant = oneOf(node.variant, ['solid', 'soft', 'outline'], 'soft')
  const hue = oneOf(node.color, ['secondary', 'success', 'danger', 'warning', 'info', 'discovery'], 'secondary')
  const sizeName = oneOf(node.size, ['sm', 'md', 'lg'], 'sm')
  return (
    <span class={`w-badge ${variant} w-${hue} size-${sizeName}${flag(node.pill) ? ' pill' : ''}`} dir="auto">
      {text(node.label)}
    </span>
  )
}

export function Icon({ node }: { node: WidgetNode }) {
  const pixels = iconPixels[oneOf(node.size, ['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'], 'md')]
  return (
    <span class="w-icon" style={compact({ color: color(node.color) })}>
      <Drawing name={text(node.name)} size={pixels} />
    </span>
  )
}

/** An image; one that fails to load, or comes from a place the thread does not allow, leaves nothing broken. */
export function Image({ node }: { node: WidgetNode }) {
  const chat = useChat()
  const failed = useSignal('')
  const src = text(node.src)
  if (src === '' || failed.value === src || !chat.allowsImage(src)) return null
  const name = ['w-image', flag(node.frame) && 'framed', flag(node.flush) && 'flush'].filter(Boolean).join(' ')
  return (
    <img
      class={name}
      src={src}
      alt={text(node.alt)}
      style={{
        ...blockStyle(node),
        ...compact({
          objectFit: ['cover', 'contain', 'fill', 'scale-down', 'none'].find((fit) => fit === node.fit),
          objectPosition: /^(top|bottom|center|left|right)( (left|right))?$/.test(text(node.position))
            ? text(node.position)
            : undefined,
          background: color(node.background),
        }),
      }}
      onError={() => {
        failed.value = src
      }}
    />
  )
}

export function Button({ node }: { node: WidgetNode }) {
  const scope = useWidgetScope()
  const button = useRef<HTMLButtonElement>(null)
  const isLoading = useSignal(false)
  const action = actionOf(node.onClickAction)
  const isSubmit = flag(node.submit)
  const label = optionalText(node.label)
  const isPrimary = node.style === 'primary'
  const variant = oneOf(node.variant, variants, isPrimary ? 'solid' : 'outline')
  const hue = oneOf(node.color, colors, isPrimary ? 'primary' : 'secondary')
  const iconStart = optionalText(node.iconStart)
  const iconEnd = optionalText(node.iconEnd)
  const iconSize = iconPixels[oneOf(node.iconSize, ['sm', 'md', 'lg', 'xl', '2xl'], 'sm')]
  const classes = [
    'w-button',
    variant,
    `w-${hue}`,
    `size-${oneOf(node.size, controlSizes, 'md')}`,
    flag(node.pill) && 'pill',
    (flag(node.uniform) || !label) && 'uniform',
    flag(node.block) && 'block',
    isLoading.value && 'loading',
  ]
  return (
    <button
      ref={button}
      type={isSubmit ? 'submit' : 'button'}
      class={classes.filter(Boolean).join(' ')}
      disabled={flag(node.disabled) || isLoading.value}
      aria-busy={isLoading.value}
      aria-label={label ? undefined : (iconStart ?? iconEnd)}
      onClick={() => {
        if (!action) return
        void scope.run(action, {
          widgetType: 'Button',
          auto: 'self',
          element: button.current,
          setLoading: (loading) => {
            isLoading.value = loading
          },
        })
      }}
    >
      {isLoading.value ? <span class="spinner" /> : iconStart && <Drawing name={iconStart} size={iconSize} />}
      {label && <span dir="auto">{label}</span>}
      {iconEnd && <Drawing name={iconEnd} size={iconSize} />}
    </button>
  )
}
