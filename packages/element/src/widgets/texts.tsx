import { useEffect, useRef } from 'preact/hooks'
import { MarkdownText } from '../items/markdown-text.tsx'
import { fieldName } from './forms.ts'
import { flag, isRecord, oneOf, optionalText, text, type WidgetNode } from './node.ts'
import { color, compact, type Style, size } from './values.ts'
import { useWidgetScope } from './widget-scope.ts'

const weights: Record<string, string> = { normal: '400', medium: '500', semibold: '600', bold: '700' }

function textStyle(node: WidgetNode): Style {
  const maxLines = typeof node.maxLines === 'number' ? node.maxLines : undefined
  return compact({
    color: color(node.color),
    fontWeight: typeof node.weight === 'string' ? weights[node.weight] : undefined,
    textAlign: ['start', 'center', 'end'].find((side) => side === node.textAlign),
    width: size(node.width),
    fontStyle: flag(node.italic) ? 'italic' : undefined,
    textDecoration: flag(node.lineThrough) ? 'line-through' : undefined,
    '--w-lines': maxLines === undefined ? undefined : String(maxLines),
    minHeight: typeof node.minLines === 'number' ? `${node.minLines}lh` : undefined,
  })
}

function textClass(node: WidgetNode, name: string): string {
  return [name, flag(node.truncate) && 'truncate', typeof node.maxLines === 'number' && 'clamp']
    .filter(Boolean)
    .join(' ')
}

export function Text({ node }: { node: WidgetNode }) {
  const sizeName = oneOf(node.size, ['xs', 'sm', 'md', 'lg', 'xl'], 'md')
  if (isRecord(node.editable)) return <EditableText node={node} editable={node.editable} sizeName={sizeName} />
  return (
    <p class={textClass(node, `w-text w-text-${sizeName}`)} style={textStyle(node)} dir="auto">
      {text(node.value)}
    </p>
  )
}

/** Text that is edited in place, a field of its form. */
function EditableText({
  node,
  editable,
  sizeName,
}: {
  node: WidgetNode
  editable: Record<string, unknown>
  sizeName: string
}) {
  const { item } = useWidgetScope()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (flag(editable.autoFocus)) input.current?.focus()
    if (flag(editable.autoSelect)) input.current?.select()
  }, [])
  const name = text(editable.name)
  return (
    <input
      ref={input}
      class={`w-editable w-text-${sizeName}`}
      style={textStyle(node)}
      name={`${item.id} ${name}`}
      {...{ [fieldName]: name }}
      aria-label={optionalText(editable.placeholder) ?? name}
      defaultValue={text(node.value)}
      placeholder={optionalText(editable.placeholder)}
      pattern={optionalText(editable.pattern)}
      required={flag(editable.required)}
      autocomplete={optionalText(editable.autoComplete) ?? 'off'}
      dir="auto"
    />
  )
}

/** A headline. It is no heading of the page: a widget does not know at which level it stands. */
export function Title({ node }: { node: WidgetNode }) {
  const sizeName = oneOf(node.size, ['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', '5xl'], 'md')
  return (
    <p class={textClass(node, `w-title w-title-${sizeName}`)} style={textStyle(node)} dir="auto">
      {text(node.value)}
    </p>
  )
}

export function Caption({ node }: { node: WidgetNode }) {
  const sizeName = oneOf(node.size, ['sm', 'md', 'lg'], 'md')
  return (
    <p class={textClass(node, `w-caption w-caption-${sizeName}`)} style={textStyle(node)} dir="auto">
      {text(node.value)}
    </p>
  )
}

export function Markdown({ node }: { node: WidgetNode }) {
  return <MarkdownText text={text(node.value)} isLive={flag(node.streaming)} />
}

/** Names the field of its widget and gives it the focus when clicked. */
export function Label({ node }: { node: WidgetNode }) {
  const { item } = useWidgetScope()
  return (
    <label
      class={`w-label w-text-${oneOf(node.size, ['xs', 'sm', 'md', 'lg', 'xl'], 'sm')}`}
      style={textStyle(node)}
      for={fieldId(item.id, text(node.fieldName))}
      dir="auto"
    >
      {text(node.value)}
    </label>
  )
}

/** The id of a field, unique among the widgets of a thread. */
export function fieldId(itemId: string, name: string): string {
  return `field-${itemId}-${name}`
}
