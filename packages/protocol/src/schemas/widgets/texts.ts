/** Components without children that show something. */
import * as z from 'zod'
import { laxBoolean, optional, wireObject } from '../fields.ts'
import { IconNameSchema } from '../icons.ts'
import {
  bounds,
  color,
  integerOrText,
  named,
  numberOrText,
  radius,
  SpacingSchema,
  textAlignment,
  textWeight,
  wholeSize,
} from './values.ts'

const written = {
  value: z.string(),
  color: optional(color),
  weight: optional(textWeight),
  textAlign: optional(textAlignment),
}
const clipped = { truncate: optional(laxBoolean), maxLines: optional(z.int()) }

export const EditablePropsSchema = wireObject({
  name: z.string(),
  autoComplete: z.optional(z.string()),
  autoFocus: z.optional(laxBoolean),
  autoSelect: z.optional(laxBoolean),
  allowAutofillExtensions: z.optional(laxBoolean),
  pattern: z.optional(z.string()),
  placeholder: z.optional(z.string()),
  required: z.optional(laxBoolean),
})
export type EditableProps = z.infer<typeof EditablePropsSchema>

export const TextSchema = wireObject({
  type: z.literal('Text'),
  ...named,
  ...written,
  ...clipped,
  streaming: optional(laxBoolean),
  italic: optional(laxBoolean),
  lineThrough: optional(laxBoolean),
  width: optional(numberOrText),
  size: optional(z.enum(['xs', 'sm', 'md', 'lg', 'xl'])),
  minLines: optional(z.int()),
  editable: optional(z.union([z.literal(false), EditablePropsSchema])),
})
export type Text = z.infer<typeof TextSchema>

export const TitleSchema = wireObject({
  type: z.literal('Title'),
  ...named,
  ...written,
  ...clipped,
  size: optional(z.enum(['sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', '5xl'])),
})
export type Title = z.infer<typeof TitleSchema>

export const CaptionSchema = wireObject({
  type: z.literal('Caption'),
  ...named,
  ...written,
  ...clipped,
  size: optional(z.enum(['sm', 'md', 'lg'])),
})
export type Caption = z.infer<typeof CaptionSchema>

export const LabelSchema = wireObject({
  type: z.literal('Label'),
  ...named,
  ...written,
  fieldName: z.string(),
  size: optional(z.enum(['xs', 'sm', 'md', 'lg', 'xl'])),
})
export type Label = z.infer<typeof LabelSchema>

export const MarkdownSchema = wireObject({
  type: z.literal('Markdown'),
  ...named,
  value: z.string(),
  streaming: optional(laxBoolean),
})
export type Markdown = z.infer<typeof MarkdownSchema>

export const BadgeSchema = wireObject({
  type: z.literal('Badge'),
  ...named,
  label: z.string(),
  color: optional(z.enum(['secondary', 'success', 'danger', 'warning', 'info', 'discovery'])),
  variant: optional(z.enum(['solid', 'soft', 'outline'])),
  pill: optional(laxBoolean),
  size: optional(z.enum(['sm', 'md', 'lg'])),
})
export type Badge = z.infer<typeof BadgeSchema>

export const DividerSchema = wireObject({
  type: z.literal('Divider'),
  ...named,
  color: optional(color),
  size: optional(integerOrText),
  spacing: optional(integerOrText),
  flush: optional(laxBoolean),
})
export type Divider = z.infer<typeof DividerSchema>

export const IconSchema = wireObject({
  type: z.literal('Icon'),
  ...named,
  name: IconNameSchema,
  color: optional(color),
  size: optional(z.enum(['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'])),
})
export type Icon = z.infer<typeof IconSchema>

export const ImageSchema = wireObject({
  type: z.literal('Image'),
  ...named,
  ...bounds,
  ...wholeSize,
  src: z.string(),
  alt: optional(z.string()),
  fit: optional(z.enum(['cover', 'contain', 'fill', 'scale-down', 'none'])),
  position: optional(
    z.enum(['top left', 'top', 'top right', 'left', 'center', 'right', 'bottom left', 'bottom', 'bottom right']),
  ),
  radius: optional(radius),
  frame: optional(laxBoolean),
  flush: optional(laxBoolean),
  margin: optional(z.union([integerOrText, SpacingSchema])),
  background: optional(color),
})
export type Image = z.infer<typeof ImageSchema>

export const SpacerSchema = wireObject({ type: z.literal('Spacer'), ...named, minSize: optional(integerOrText) })
export type Spacer = z.infer<typeof SpacerSchema>
