/** What a widget starts with: `Card`, `ListView` or `Basic`, and these three with props that aren't known here. */
import * as z from 'zod'
import { laxBoolean, optional, wireObject } from '../fields.ts'
import { IconNameSchema } from '../icons.ts'
import {
  componentList,
  type DynamicWidgetComponent,
  dynamic,
  type ListViewItem,
  ListViewItemSchema,
  type WidgetComponent,
  withoutNulls,
} from './components.ts'
import { ActionConfigSchema, color, named, numberOrText, SpacingSchema } from './values.ts'

export const WidgetStatusWithFaviconSchema = wireObject({
  text: z.string(),
  favicon: z.optional(z.string()),
  frame: z.optional(laxBoolean),
})
export type WidgetStatusWithFavicon = z.infer<typeof WidgetStatusWithFaviconSchema>

const withIcon = { text: z.string(), icon: z.optional(IconNameSchema) }
export const WidgetStatusWithIconSchema = wireObject(withIcon)
export type WidgetStatusWithIcon = z.infer<typeof WidgetStatusWithIconSchema>

export const CardActionSchema = wireObject({ label: z.string(), action: ActionConfigSchema })
export type CardAction = z.infer<typeof CardActionSchema>

const rooted = {
  ...named,
  // The one with a favicon drops an icon, so what is nothing but text and icon has to be seen first.
  status: optional(z.union([z.strictObject(withIcon), WidgetStatusWithFaviconSchema, WidgetStatusWithIconSchema])),
  theme: optional(z.enum(['light', 'dark'])),
}

const card = {
  type: z.literal('Card'),
  ...rooted,
  asForm: optional(laxBoolean),
  background: optional(color),
  size: optional(z.enum(['sm', 'md', 'lg', 'full'])),
  padding: optional(z.union([numberOrText, SpacingSchema])),
  collapsed: optional(laxBoolean),
  confirm: optional(CardActionSchema),
  cancel: optional(CardActionSchema),
}
const cardProps = wireObject(card)
export const CardSchema = wireObject({ ...card, children: componentList })
export interface Card extends z.infer<typeof cardProps> {
  children: WidgetComponent[]
}

const listView = {
  type: z.literal('ListView'),
  ...rooted,
  limit: optional(z.union([z.int(), z.literal('auto')])),
}
const listViewProps = wireObject(listView)
export const ListViewSchema = wireObject({ ...listView, children: z.array(ListViewItemSchema) })
export interface ListView extends z.infer<typeof listViewProps> {
  children: ListViewItem[]
}

export const BasicRootSchema = z
  .looseObject({ type: z.literal('Basic'), ...dynamic })
  .transform((value): BasicRoot => withoutNulls(value))
export interface BasicRoot extends DynamicWidgetComponent {
  type: 'Basic'
}

export const DynamicWidgetRootSchema = z
  .looseObject({ type: z.enum(['Card', 'ListView', 'Basic']), ...dynamic })
  .transform((value): DynamicWidgetRoot => withoutNulls(value))
export interface DynamicWidgetRoot extends DynamicWidgetComponent {
  type: 'Card' | 'ListView' | 'Basic'
}

export type WidgetRoot = Card | ListView | BasicRoot | DynamicWidgetRoot

export const WidgetRootSchema: z.ZodType<WidgetRoot> = z.union([
  z.discriminatedUnion('type', [CardSchema, ListViewSchema, BasicRootSchema]),
  DynamicWidgetRootSchema,
])
