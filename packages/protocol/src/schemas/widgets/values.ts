/** The values that widget components take: actions, colours, spacing, borders, scales. */
import * as z from 'zod'
import { freeValue, laxBoolean, optional, wireObject } from '../fields.ts'

export const ActionConfigSchema = wireObject({
  type: z.string(),
  payload: optional(freeValue),
  handler: z.enum(['client', 'server']).default('server'),
  loadingBehavior: z.enum(['auto', 'none', 'self', 'container']).default('auto'),
  streaming: laxBoolean.default(true),
})
/** What happens when a component is used: who handles it, and what shows that it is at work. */
export type ActionConfig = z.infer<typeof ActionConfigSchema>

export const ThemeColorSchema = wireObject({ dark: z.string(), light: z.string() })
export type ThemeColor = z.infer<typeof ThemeColorSchema>

export const color = z.union([z.string(), ThemeColorSchema])
export const integerOrText = z.union([z.int(), z.string()])
export const numberOrText = z.union([z.number(), z.string()])

const sides = <Side extends z.ZodType>(side: Side) => ({
  top: z.optional(side),
  right: z.optional(side),
  bottom: z.optional(side),
  left: z.optional(side),
  x: z.optional(side),
  y: z.optional(side),
})

export const SpacingSchema = wireObject(sides(numberOrText))
export type Spacing = z.infer<typeof SpacingSchema>

export const BorderSchema = wireObject({
  size: z.int(),
  color: z.optional(color),
  style: z.optional(z.enum(['solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'inset', 'outset'])),
})
/** `size` in pixels. */
export type Border = z.infer<typeof BorderSchema>

export const BordersSchema = wireObject(sides(z.union([z.int(), BorderSchema])))
export type Borders = z.infer<typeof BordersSchema>

export const radius = z.enum(['2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', 'full', '100%', 'none'])
export const alignment = z.enum(['start', 'center', 'end', 'baseline', 'stretch'])
export const textAlignment = z.enum(['start', 'center', 'end'])
export const textWeight = z.enum(['normal', 'medium', 'semibold', 'bold'])
export const controlVariant = z.enum(['solid', 'soft', 'outline', 'ghost'])
export const controlSize = z.enum(['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'])
export const gutterSize = z.enum(['2xs', 'xs', 'sm', 'md', 'lg', 'xl'])

/** What every component has. `id` is what deltas of a streaming text are addressed to. */
export const named = { key: optional(z.string()), id: optional(z.string()) }

/** Limits and ratio of a component's box. */
export const bounds = {
  minHeight: optional(integerOrText),
  minWidth: optional(integerOrText),
  minSize: optional(integerOrText),
  maxHeight: optional(integerOrText),
  maxWidth: optional(integerOrText),
  maxSize: optional(integerOrText),
  aspectRatio: optional(numberOrText),
  flex: optional(integerOrText),
}

/** Height and width in whole pixels or a CSS length. */
export const wholeSize = {
  height: optional(integerOrText),
  width: optional(integerOrText),
  size: optional(integerOrText),
}
