import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { type FieldValue, fieldName } from './forms.ts'
import { actionOf, flag, isRecord, oneOf, optionalText, text, type WidgetNode } from './node.ts'
import { fieldId } from './texts.tsx'
import { type LoadingPlace, useWidgetScope } from './widget-scope.ts'

const controlSizes = ['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const

/** What every field has: its name, its id, its state. */
function useField(node: WidgetNode, auto: LoadingPlace = 'none') {
  const scope = useWidgetScope()
  const isLoading = useSignal(false)
  const name = text(node.name)
  const action = actionOf(node.onChangeAction)
  return {
    attributes: {
      id: fieldId(scope.item.id, name),
      name: `${scope.item.id} ${name}`,
      [fieldName]: name,
      disabled: flag(node.disabled) || isLoading.value,
      required: flag(node.required),
    },
    name,
    /** The accessible name of a field that no label names. */
    nameless: (label: string | undefined) => (scope.labelled.has(name) ? undefined : (label ?? name)),
    changed: (element: Element, value: FieldValue) => {
      if (!action) return
      const setLoading = (loading: boolean) => {
        isLoading.value = loading
      }
      void scope.run(action, { widgetType: node.type, auto, element, own: { name, value }, setLoading })
    },
  }
}

function fieldClass(node: WidgetNode, name: string): string {
  const classes = [
    name,
    'w-field',
    oneOf(node.variant, ['soft', 'outline', 'solid', 'ghost'], 'outline'),
    `size-${oneOf(node.size, controlSizes, 'md')}`,
    flag(node.pill) && 'pill',
    flag(node.block) && 'block',
  ]
  return classes.filter(Boolean).join(' ')
}

function useAutoFocus(field: RefObject<HTMLInputElement | HTMLTextAreaElement>, node: WidgetNode): void {
  useEffect(() => {
    if (flag(node.autoFocus)) field.current?.focus()
    if (flag(node.autoSelect)) field.current?.select()
  }, [])
}

/** Password managers leave a field alone that asks them to. */
function autofill(node: WidgetNode) {
  return flag(node.allowAutofillExtensions)
    ? {}
    : { autocomplete: 'off', 'data-1p-ignore': true, 'data-lpignore': 'true' }
}

export function Input({ node }: { node: WidgetNode }) {
  const field = useField(node)
  const input = useRef<HTMLInputElement>(null)
  useAutoFocus(input, node)
  return (
    <input
      ref={input}
      class={fieldClass(node, 'w-input')}
      type={oneOf(node.inputType, ['number', 'email', 'text', 'password', 'tel', 'url'], 'text')}
      {...field.attributes}
      {...autofill(node)}
      defaultValue={text(node.defaultValue)}
      placeholder={optionalText(node.placeholder)}
      pattern={optionalText(node.pattern)}
      aria-label={field.nameless(optionalText(node.placeholder))}
      dir="auto"
    />
  )
}

export function Textarea({ node }: { node: WidgetNode }) {
  const field = useField(node)
  const area = useRef<HTMLTextAreaElement>(null)
  useAutoFocus(area, node)
  const rows = typeof node.rows === 'number' ? node.rows : 3
  const maxRows = typeof node.maxRows === 'number' ? node.maxRows : Math.max(rows, 10)
  return (
    <textarea
      ref={area}
      class={`${fieldClass(node, 'w-textarea')}${flag(node.autoResize) ? ' growing' : ''}`}
      style={{ '--w-max-rows': String(maxRows) }}
      {...field.attributes}
      {...autofill(node)}
      rows={rows}
      defaultValue={text(node.defaultValue)}
      placeholder={optionalText(node.placeholder)}
      aria-label={field.nameless(optionalText(node.placeholder))}
      dir="auto"
    />
  )
}

export function Select({ node }: { node: WidgetNode }) {
  const field = useField(node)
  const texts = useChat().messages.value
  const options = Array.isArray(node.options) ? node.options.filter(isRecord) : []
  const initial = text(node.defaultValue)
  return (
    <select
      class={fieldClass(node, 'w-select')}
      {...field.attributes}
      aria-label={field.nameless(optionalText(node.placeholder))}
      onChange={(event) => field.changed(event.currentTarget, event.currentTarget.value)}
    >
      <option value="" selected={initial === ''} disabled={!flag(node.clearable)} hidden={!flag(node.clearable)}>
        {optionalText(node.placeholder) ?? texts.selectPlaceholder}
      </option>
      {options.map((option) => (
        <option
          key={text(option.value)}
          value={text(option.value)}
          selected={text(option.value) === initial}
          disabled={flag(option.disabled)}
        >
          {text(option.label)}
        </option>
      ))}
    </select>
  )
}

export function Checkbox({ node }: { node: WidgetNode }) {
  const field = useField(node)
  const label = optionalText(node.label)
  return (
    <label class="w-choice">
      <input
        type="checkbox"
        {...field.attributes}
        defaultChecked={flag(node.defaultChecked)}
        aria-label={label ? undefined : field.nameless(undefined)}
        onChange={(event) => field.changed(event.currentTarget, event.currentTarget.checked)}
      />
      {label && <span dir="auto">{label}</span>}
    </label>
  )
}

export function RadioGroup({ node }: { node: WidgetNode }) {
  const field = useField(node)
  const options = Array.isArray(node.options) ? node.options.filter(isRecord) : []
  const { id, disabled, ...attributes } = field.attributes
  return (
    <div
      class={`w-radios ${node.direction === 'col' ? 'w-col' : 'w-row'}`}
      role="radiogroup"
      aria-label={optionalText(node.ariaLabel) ?? field.name}
    >
      {options.map((option, index) => (
        <label key={text(option.value)} class="w-choice">
          <input
            type="radio"
            {...attributes}
            id={index === 0 ? String(id) : undefined}
            value={text(option.value)}
            disabled={disabled === true || flag(option.disabled)}
            defaultChecked={text(option.value) === text(node.defaultValue) && node.defaultValue !== undefined}
            onChange={(event) => field.changed(event.currentTarget, event.currentTarget.value)}
          />
          <span dir="auto">{text(option.label)}</span>
        </label>
      ))}
    </div>
  )
}
