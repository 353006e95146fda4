/** Components that hold others, and the union of all components. What fits no known one is kept as a dynamic one. */
import * as z from 'zod'
import { isPlainObject, optional, wireObject } from '../fields.ts'
import { type Chart, ChartSchema } from './charts.ts'
import {
  type Button,
  ButtonSchema,
  type Checkbox,
  CheckboxSchema,
  type DatePicker,
  DatePickerSchema,
  type Input,
  InputSchema,
  type RadioGroup,
  RadioGroupSchema,
  type Select,
  SelectSchema,
  type Textarea,
  TextareaSchema,
} from './controls.ts'
import {
  type Badge,
  BadgeSchema,
  type Caption,
  CaptionSchema,
  type Divider,
  DividerSchema,
  type Icon,
  IconSchema,
  type Image,
  ImageSchema,
  type Label,
  LabelSchema,
  type Markdown,
  MarkdownSchema,
  type Spacer,
  SpacerSchema,
  type Text,
  TextSchema,
  type Title,
  TitleSchema,
} from './texts.ts'
import {
  ActionConfigSchema,
  alignment,
  BorderSchema,
  BordersSchema,
  bounds,
  color,
  integerOrText,
  named,
  numberOrText,
  radius,
  SpacingSchema,
} from './values.ts'

export type KnownWidgetComponent =
  | Badge
  | Box
  | Button
  | Caption
  | Chart
  | Checkbox
  | Col
  | DatePicker
  | Divider
  | Form
  | Icon
  | Image
  | Input
  | Label
  | ListViewItem
  | Markdown
  | RadioGroup
  | Row
  | Select
  | Spacer
  | Text
  | Textarea
  | Title
  | Transition

/** A component whose type or props aren't known here; it is passed on as it is. */
export interface DynamicWidgetComponent {
  type: string
  key?: string
  id?: string
  children?: WidgetComponent | WidgetComponent[]
  [prop: string]: unknown
}

export type WidgetComponent = KnownWidgetComponent | DynamicWidgetComponent

/** Refers to the union below, which refers back: hence lazily. */
const component: z.ZodType<WidgetComponent> = z.lazy((): z.ZodType<WidgetComponent> => WidgetComponentSchema)
export const componentList: z.ZodType<WidgetComponent[]> = z.array(component)

const dynamicChild: z.ZodType<DynamicWidgetComponent> = z.lazy(
  (): z.ZodType<DynamicWidgetComponent> => DynamicWidgetComponentSchema,
)

/** The fields of a dynamic component besides its type; everything else passes. */
export const dynamic = {
  ...named,
  children: optional(z.union([dynamicChild, z.array(dynamicChild)])),
}

export const DynamicWidgetComponentSchema = z
  .looseObject({ type: z.string(), ...dynamic })
  .transform((value): DynamicWidgetComponent => withoutNulls(value))

/** Without nulls at any depth, in lists too: so the reference writes every widget. */
export function withoutNulls<T>(value: unknown): T
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => entry !== null).map((entry) => withoutNulls(entry))
  if (!isPlainObject(value)) return value
  const fields = Object.entries(value).filter(([, field]) => field !== null && field !== undefined)
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]))
}

const laidOut = {
  align: optional(alignment),
  justify: optional(z.enum(['start', 'center', 'end', 'between', 'around', 'evenly', 'stretch'])),
  wrap: optional(z.enum(['nowrap', 'wrap', 'wrap-reverse'])),
  gap: optional(integerOrText),
}

const boxed = {
  ...named,
  ...bounds,
  ...laidOut,
  height: optional(numberOrText),
  width: optional(numberOrText),
  size: optional(numberOrText),
  padding: optional(z.union([numberOrText, SpacingSchema])),
  margin: optional(z.union([numberOrText, SpacingSchema])),
  border: optional(z.union([z.int(), BorderSchema, BordersSchema])),
  radius: optional(radius),
  background: optional(color),
}
const boxedProps = wireObject(boxed)
interface BoxedProps extends z.infer<typeof boxedProps> {
  children?: WidgetComponent[]
}

const children = optional(componentList)
const direction = optional(z.enum(['row', 'col']))

export const BoxSchema = wireObject({ type: z.literal('Box'), ...boxed, direction, children })
export interface Box extends BoxedProps {
  type: 'Box'
  direction?: 'row' | 'col'
}

export const RowSchema = wireObject({ type: z.literal('Row'), ...boxed, children })
export interface Row extends BoxedProps {
  type: 'Row'
}

export const ColSchema = wireObject({ type: z.literal('Col'), ...boxed, children })
export interface Col extends BoxedProps {
  type: 'Col'
}

export const FormSchema = wireObject({
  type: z.literal('Form'),
  ...boxed,
  direction,
  onSubmitAction: optional(ActionConfigSchema),
  children,
})
export interface Form extends BoxedProps {
  type: 'Form'
  direction?: 'row' | 'col'
  onSubmitAction?: z.infer<typeof ActionConfigSchema>
}

const listed = {
  type: z.literal('ListViewItem'),
  ...named,
  onClickAction: optional(ActionConfigSchema),
  gap: optional(integerOrText),
  align: optional(alignment),
}
const listViewItemProps = wireObject(listed)
export const ListViewItemSchema = wireObject({ ...listed, children: componentList })
export interface ListViewItem extends z.infer<typeof listViewItemProps> {
  children: WidgetComponent[]
}

const transitionProps = wireObject(named)
export const TransitionSchema = wireObject({
  type: z.literal('Transition'),
  ...named,
  children: z.nullable(component),
})
export interface Transition extends z.infer<typeof transitionProps> {
  type: 'Transition'
  children: WidgetComponent | null
}

export const KnownWidgetComponentSchema = z.discriminatedUnion('type', [
  TextSchema,
  TitleSchema,
  CaptionSchema,
  ChartSchema,
  BadgeSchema,
  MarkdownSchema,
  BoxSchema,
  RowSchema,
  ColSchema,
  DividerSchema,
  IconSchema,
  ImageSchema,
  ListViewItemSchema,
  ButtonSchema,
  CheckboxSchema,
  SpacerSchema,
  SelectSchema,
  DatePickerSchema,
  FormSchema,
  InputSchema,
  LabelSchema,
  RadioGroupSchema,
  TextareaSchema,
  TransitionSchema,
])

export const WidgetComponentSchema: z.ZodType<WidgetComponent> = z.union([
  KnownWidgetComponentSchema,
  DynamicWidgetComponentSchema,
])
