/** Where a statement comes from, and at which place of the text it is shown. */
import * as z from 'zod'
import { freeObject, laxBoolean, laxInteger, optional, wireObject } from './fields.ts'
import { IconNameSchema } from './icons.ts'

const described = {
  title: z.string(),
  description: optional(z.string()),
  timestamp: optional(z.string()),
  group: optional(z.string()),
}

export const URLSourceSchema = wireObject({
  type: z.literal('url'),
  url: z.string(),
  attribution: optional(z.string()),
  ...described,
})
export type URLSource = z.infer<typeof URLSourceSchema>

export const FileSourceSchema = wireObject({ type: z.literal('file'), filename: z.string(), ...described })
export type FileSource = z.infer<typeof FileSourceSchema>

export const EntitySourceSchema = wireObject({
  type: z.literal('entity'),
  id: z.string(),
  icon: optional(IconNameSchema),
  label: optional(z.string()),
  inline_label: optional(z.string()),
  interactive: laxBoolean.default(false),
  data: freeObject.default({}),
  /** Deprecated in ChatKit. */
  preview: optional(z.literal('lazy')),
  ...described,
})
export type EntitySource = z.infer<typeof EntitySourceSchema>

export const SourceSchema = z.discriminatedUnion('type', [URLSourceSchema, FileSourceSchema, EntitySourceSchema])
export type Source = z.infer<typeof SourceSchema>

export const AnnotationSchema = wireObject({
  type: z.literal('annotation').default('annotation'),
  source: SourceSchema,
  /** Place in the text, in characters; absent: at its end. */
  index: optional(laxInteger),
})
export type Annotation = z.infer<typeof AnnotationSchema>

export const AssistantMessageContentSchema = wireObject({
  type: z.literal('output_text').default('output_text'),
  text: z.string(),
  annotations: z.array(AnnotationSchema).default([]),
})
/** One part of an assistant's message. */
export type AssistantMessageContent = z.infer<typeof AssistantMessageContentSchema>
