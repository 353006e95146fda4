/** What changes of an item while it is being made. */
import * as z from 'zod'
import { AnnotationSchema, AssistantMessageContentSchema } from './annotations.ts'
import { laxBoolean, laxInteger, optional, wireObject } from './fields.ts'
import { GeneratedImageSchema } from './items.ts'
import { TaskSchema } from './tasks.ts'
import { WidgetComponentSchema } from './widgets/components.ts'
import { WidgetRootSchema } from './widgets/roots.ts'

export const AssistantMessageContentPartAddedSchema = wireObject({
  type: z.literal('assistant_message.content_part.added'),
  content_index: laxInteger,
  content: AssistantMessageContentSchema,
})
export type AssistantMessageContentPartAdded = z.infer<typeof AssistantMessageContentPartAddedSchema>

export const AssistantMessageContentPartTextDeltaSchema = wireObject({
  type: z.literal('assistant_message.content_part.text_delta'),
  content_index: laxInteger,
  delta: z.string(),
})
export type AssistantMessageContentPartTextDelta = z.infer<typeof AssistantMessageContentPartTextDeltaSchema>

export const AssistantMessageContentPartAnnotationAddedSchema = wireObject({
  type: z.literal('assistant_message.content_part.annotation_added'),
  content_index: laxInteger,
  annotation_index: laxInteger,
  annotation: AnnotationSchema,
})
export type AssistantMessageContentPartAnnotationAdded = z.infer<
  typeof AssistantMessageContentPartAnnotationAddedSchema
>

export const AssistantMessageContentPartDoneSchema = wireObject({
  type: z.literal('assistant_message.content_part.done'),
  content_index: laxInteger,
  content: AssistantMessageContentSchema,
})
export type AssistantMessageContentPartDone = z.infer<typeof AssistantMessageContentPartDoneSchema>

export const WidgetStreamingTextValueDeltaSchema = wireObject({
  type: z.literal('widget.streaming_text.value_delta'),
  component_id: z.string(),
  delta: z.string(),
  /** Whether the text is complete now. */
  done: laxBoolean,
})
export type WidgetStreamingTextValueDelta = z.infer<typeof WidgetStreamingTextValueDeltaSchema>

export const WidgetComponentUpdatedSchema = wireObject({
  type: z.literal('widget.component.updated'),
  component_id: z.string(),
  component: WidgetComponentSchema,
})
export type WidgetComponentUpdated = z.infer<typeof WidgetComponentUpdatedSchema>

export const WidgetRootUpdatedSchema = wireObject({ type: z.literal('widget.root.updated'), widget: WidgetRootSchema })
export type WidgetRootUpdated = z.infer<typeof WidgetRootUpdatedSchema>

export const WorkflowTaskAddedSchema = wireObject({
  type: z.literal('workflow.task.added'),
  task_index: laxInteger,
  task: TaskSchema,
})
export type WorkflowTaskAdded = z.infer<typeof WorkflowTaskAddedSchema>

export const WorkflowTaskUpdatedSchema = wireObject({
  type: z.literal('workflow.task.updated'),
  task_index: laxInteger,
  task: TaskSchema,
})
export type WorkflowTaskUpdated = z.infer<typeof WorkflowTaskUpdatedSchema>

export const GeneratedImageUpdatedSchema = wireObject({
  type: z.literal('generated_image.updated'),
  image: GeneratedImageSchema,
  /** From 0 to 1. */
  progress: optional(z.number()),
})
export type GeneratedImageUpdated = z.infer<typeof GeneratedImageUpdatedSchema>

export const ThreadItemUpdateSchema = z.discriminatedUnion('type', [
  AssistantMessageContentPartAddedSchema,
  AssistantMessageContentPartTextDeltaSchema,
  AssistantMessageContentPartAnnotationAddedSchema,
  AssistantMessageContentPartDoneSchema,
  WidgetStreamingTextValueDeltaSchema,
  WidgetComponentUpdatedSchema,
  WidgetRootUpdatedSchema,
  WorkflowTaskAddedSchema,
  WorkflowTaskUpdatedSchema,
  GeneratedImageUpdatedSchema,
])
export type ThreadItemUpdate = z.infer<typeof ThreadItemUpdateSchema>
