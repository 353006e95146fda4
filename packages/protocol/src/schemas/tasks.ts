/** What the assistant did or is doing: single tasks, and workflows made of them. */
import * as z from 'zod'
import { FileSourceSchema, URLSourceSchema } from './annotations.ts'
import { laxBoolean, laxInteger, optional, wireObject } from './fields.ts'
import { IconNameSchema } from './icons.ts'

const task = {
  status_indicator: z.enum(['none', 'loading', 'complete']).default('none'),
  title: optional(z.string()),
}

export const CustomTaskSchema = wireObject({
  type: z.literal('custom'),
  ...task,
  icon: optional(IconNameSchema),
  content: optional(z.string()),
})
export type CustomTask = z.infer<typeof CustomTaskSchema>

export const SearchTaskSchema = wireObject({
  type: z.literal('web_search'),
  ...task,
  title_query: optional(z.string()),
  queries: z.array(z.string()).default([]),
  sources: z.array(URLSourceSchema).default([]),
})
export type SearchTask = z.infer<typeof SearchTaskSchema>

export const ThoughtTaskSchema = wireObject({ type: z.literal('thought'), ...task, content: z.string() })
export type ThoughtTask = z.infer<typeof ThoughtTaskSchema>

export const FileTaskSchema = wireObject({
  type: z.literal('file'),
  ...task,
  sources: z.array(FileSourceSchema).default([]),
})
export type FileTask = z.infer<typeof FileTaskSchema>

export const ImageTaskSchema = wireObject({ type: z.literal('image'), ...task })
export type ImageTask = z.infer<typeof ImageTaskSchema>

export const TaskSchema = z.discriminatedUnion('type', [
  CustomTaskSchema,
  SearchTaskSchema,
  ThoughtTaskSchema,
  FileTaskSchema,
  ImageTaskSchema,
])
export type Task = z.infer<typeof TaskSchema>

export const CustomSummarySchema = wireObject({ title: z.string(), icon: optional(IconNameSchema) })
export type CustomSummary = z.infer<typeof CustomSummarySchema>

export const DurationSummarySchema = wireObject({ duration: laxInteger })
/** `duration` in whole seconds. */
export type DurationSummary = z.infer<typeof DurationSummarySchema>

export const WorkflowSchema = wireObject({
  type: z.enum(['custom', 'reasoning']),
  tasks: z.array(TaskSchema),
  summary: optional(z.union([CustomSummarySchema, DurationSummarySchema])),
  expanded: laxBoolean.default(false),
})
export type Workflow = z.infer<typeof WorkflowSchema>
