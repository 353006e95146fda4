/**
 * The wire form of a widget: without nulls at any depth, in lists too, and with the defaults of actions written out. Below
 * `Basic` and below a component that isn't known actions stay as they are, as in the reference. Nothing else is touched or
 * checked: what isn't known here may be known to the client.
 */
import { ChatKitError } from './errors.ts'
import type { WidgetComponent } from './schemas/widgets/components.ts'
import type { WidgetRoot } from './schemas/widgets/roots.ts'
import { ACTION_PROPS, COMPONENT_TYPES, ROOT_TYPES } from './widget-vocabulary.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The widget as clients get it; the same object where nothing had to change.
 * @throws ChatKitError `invalid_request` when the root is neither `Card`, `ListView` nor `Basic`.
 */
export function normalizeWidget(widget: unknown): WidgetRoot {
  if (isFields(widget)) {
    const normalized = mapFields(widget, widget.type === 'Basic' ? withoutNulls : normalizeRootField)
    if (isWidgetRoot(normalized)) return normalized
  }
  const type = isFields(widget) ? JSON.stringify(widget.type) : JSON.stringify(widget)
  const message = `A widget's root must be of type Card, ListView or Basic, but is ${type ?? 'missing'}.`
  throw new ChatKitError('invalid_request', message, { param: 'type' })
}

function isWidgetRoot(value: unknown): value is WidgetRoot {
  return isFields(value) && ROOT_TYPES.has(value.type)
}

function normalizeRootField(value: unknown, key: string): unknown {
  if (key === 'children') return normalizeChildren(value)
  if (key === 'confirm' || key === 'cancel') return normalizeCardAction(value)
  return withoutNulls(value)
}

/** A component as clients get it; the same object where nothing had to change. */
export function normalizeComponent(component: WidgetComponent): WidgetComponent
export function normalizeComponent(component: unknown): unknown
export function normalizeComponent(component: unknown): unknown {
  if (!isFields(component)) return component
  return mapFields(component, COMPONENT_TYPES.has(component.type) ? normalizeField : withoutNulls)
}

function normalizeField(value: unknown, key: string): unknown {
  if (key === 'children') return normalizeChildren(value)
  return ACTION_PROPS.has(key) ? normalizeAction(value) : withoutNulls(value)
}

function normalizeChildren(children: unknown): unknown {
  return Array.isArray(children) ? mapEntries(children, normalizeComponent) : normalizeComponent(children)
}

function normalizeCardAction(value: unknown): unknown {
  if (!isFields(value)) return value
  return mapFields(value, (field, key) => (key === 'action' ? normalizeAction(field) : withoutNulls(field)))
}

const HANDLERS: ReadonlySet<unknown> = new Set(['client', 'server'])
const LOADING_BEHAVIORS: ReadonlySet<unknown> = new Set(['auto', 'none', 'self', 'container'])

/** An action with its defaults; one that makes no sense stays as it is. */
function normalizeAction(value: unknown): unknown {
  if (!isFields(value)) return value
  const action = withoutNulls(value)
  const { type, handler = 'server', loadingBehavior = 'auto', streaming = true } = action
  const makesSense = typeof type === 'string' && HANDLERS.has(handler) && LOADING_BEHAVIORS.has(loadingBehavior)
  const isComplete = 'handler' in action && 'loadingBehavior' in action && 'streaming' in action
  return makesSense && !isComplete ? { ...action, handler, loadingBehavior, streaming } : action
}

function withoutNulls<T>(value: T): T
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return mapEntries(value, withoutNulls)
  return isFields(value) ? mapFields(value, withoutNulls) : value
}

/** The object with its fields mapped and those dropped that are then null or undefined; the same one where none differs. */
function mapFields(fields: Fields, map: (value: unknown, key: string) => unknown): Fields {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    const mapped = value === null || value === undefined ? null : map(value, key)
    if (mapped === value && mapped !== null) continue
    copy ??= { ...fields }
    if (mapped === null || mapped === undefined) delete copy[key]
    else copy[key] = mapped
  }
  return copy ?? fields
}

function mapEntries(list: unknown[], map: (value: unknown) => unknown): unknown[] {
  const mapped = list.filter((entry) => entry !== null && entry !== undefined).map(map)
  const isSame = mapped.length === list.length && mapped.every((entry, index) => entry === list[index])
  return isSame ? list : mapped
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
