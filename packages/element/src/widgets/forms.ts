/** Values of a widget's form and how they go into an action's payload (N46). */
import { isRecord } from './node.ts'

export type FieldValue = string | boolean

/** The attribute that holds a field's own name; `name` carries the widget's id too, so that radio groups of two widgets stay apart. */
export const fieldName = 'data-field'

/** Named fields of a form: text as strings, a checkbox as true or false, a radio group as the chosen value. */
export function formValues(form: HTMLFormElement): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {}
  for (const field of form.elements) {
    const name = field.getAttribute(fieldName)
    if (!name) continue
    if (field instanceof HTMLInputElement && field.type === 'checkbox') values[name] = field.checked
    else if (field instanceof HTMLInputElement && field.type === 'radio') {
      if (field.checked) values[name] = field.value
    } else if (
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement ||
      field instanceof HTMLSelectElement
    ) {
      values[name] = field.value
    }
  }
  return values
}

/** `payload` with the values in it; dotted names nest. What the payload holds already wins, and the names that lost are told. */
export function mergePayload(
  payload: unknown,
  values: Readonly<Record<string, FieldValue>>,
): { payload: unknown; lost: string[] } {
  const names = Object.keys(values)
  if (names.length === 0) return { payload: payload ?? undefined, lost: [] }
  const merged: Record<string, unknown> = isRecord(payload) ? structuredClone(payload) : {}
  const lost = names.filter((name) => !place(merged, name.split('.'), values[name]))
  return { payload: merged, lost }
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  const [first = '', ...rest] = path
  if (first === '__proto__' || first === 'constructor') return false
  const there = Object.hasOwn(target, first) ? target[first] : undefined
  if (rest.length === 0) {
    if (there !== undefined) return false
    target[first] = value
    return true
  }
  if (there === undefined) {
    const inner = {}
    target[first] = inner
    return place(inner, rest, value)
  }
  return isRecord(there) && place(there, rest, value)
}
