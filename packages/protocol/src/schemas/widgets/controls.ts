/** Components without children that the user operates. */
import * as z from 'zod'
import { laxBoolean, optional, timestamp, wireObject } from '../fields.ts'
import { IconNameSchema } from '../icons.ts'
import { ActionConfigSchema, controlSize, controlVariant, gutterSize, named, textAlignment } from './values.ts'

export const ButtonSchema = wireObject({
  type: z.literal('Button'),
  ...named,
  submit: optional(laxBoolean),
  label: optional(z.string()),
  onClickAction: optional(ActionConfigSchema),
  iconStart: optional(IconNameSchema),
  iconEnd: optional(IconNameSchema),
  iconSize: optional(z.enum(['sm', 'md', 'lg', 'xl', '2xl'])),
  style: optional(z.enum(['primary', 'secondary'])),
  color: optional(z.enum(['primary', 'secondary', 'info', 'discovery', 'success', 'caution', 'warning', 'danger'])),
  variant: optional(controlVariant),
  size: optional(controlSize),
  pill: optional(laxBoolean),
  block: optional(laxBoolean),
  uniform: optional(laxBoolean),
  disabled: optional(laxBoolean),
})
export type Button = z.infer<typeof ButtonSchema>

const field = { ...named, name: z.string(), disabled: optional(laxBoolean) }
const changing = { ...field, onChangeAction: optional(ActionConfigSchema) }
const picking = {
  ...changing,
  placeholder: optional(z.string()),
  variant: optional(controlVariant),
  size: optional(controlSize),
  pill: optional(laxBoolean),
  block: optional(laxBoolean),
  clearable: optional(laxBoolean),
}
const typing = {
  ...field,
  defaultValue: optional(z.string()),
  required: optional(laxBoolean),
  pattern: optional(z.string()),
  placeholder: optional(z.string()),
  allowAutofillExtensions: optional(laxBoolean),
  autoSelect: optional(laxBoolean),
  autoFocus: optional(laxBoolean),
  variant: optional(z.enum(['soft', 'outline'])),
  size: optional(controlSize),
  gutterSize: optional(gutterSize),
}

export const CheckboxSchema = wireObject({
  type: z.literal('Checkbox'),
  ...changing,
  label: optional(z.string()),
  defaultChecked: optional(laxBoolean),
  required: optional(laxBoolean),
})
export type Checkbox = z.infer<typeof CheckboxSchema>

export const SelectOptionSchema = wireObject({
  value: z.string(),
  label: z.string(),
  disabled: z.optional(laxBoolean),
  description: z.optional(z.string()),
})
export type SelectOption = z.infer<typeof SelectOptionSchema>

export const SelectSchema = wireObject({
  type: z.literal('Select'),
  ...picking,
  options: z.array(SelectOptionSchema),
  defaultValue: optional(z.string()),
  searchable: optional(laxBoolean),
})
export type Select = z.infer<typeof SelectSchema>

export const DatePickerSchema = wireObject({
  type: z.literal('DatePicker'),
  ...picking,
  defaultValue: optional(timestamp),
  min: optional(timestamp),
  max: optional(timestamp),
  side: optional(z.enum(['top', 'bottom', 'left', 'right'])),
  align: optional(textAlignment),
})
export type DatePicker = z.infer<typeof DatePickerSchema>

export const InputSchema = wireObject({
  type: z.literal('Input'),
  ...typing,
  inputType: optional(z.enum(['number', 'email', 'text', 'password', 'tel', 'url'])),
  pill: optional(laxBoolean),
})
export type Input = z.infer<typeof InputSchema>

export const TextareaSchema = wireObject({
  type: z.literal('Textarea'),
  ...typing,
  rows: optional(z.int()),
  maxRows: optional(z.int()),
  autoResize: optional(laxBoolean),
})
export type Textarea = z.infer<typeof TextareaSchema>

export const RadioOptionSchema = wireObject({
  label: z.string(),
  value: z.string(),
  disabled: z.optional(laxBoolean),
})
export type RadioOption = z.infer<typeof RadioOptionSchema>

export const RadioGroupSchema = wireObject({
  type: z.literal('RadioGroup'),
  ...changing,
  options: optional(z.array(RadioOptionSchema)),
  ariaLabel: optional(z.string()),
  defaultValue: optional(z.string()),
  direction: optional(z.enum(['row', 'col'])),
  required: optional(laxBoolean),
})
export type RadioGroup = z.infer<typeof RadioGroupSchema>
