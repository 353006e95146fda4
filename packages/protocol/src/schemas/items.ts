/** The items of a thread. */
import * as z from 'zod'
import { AssistantMessageContentSchema } from './annotations.ts'
import { AttachmentSchema } from './attachments.ts'
import { freeObject, freeValue, optional, timestamp, wireObject } from './fields.ts'
import { StructuredInputSchema } from './structured-inputs.ts'
import { TaskSchema, WorkflowSchema } from './tasks.ts'
import { InferenceOptionsSchema, UserMessageContentSchema } from './user-messages.ts'
import { WidgetRootSchema } from './widgets/roots.ts'

const item = { id: z.string(), thread_id: z.string(), created_at: timestamp }

export const UserMessageItemSchema = wireObject({
  type: z.literal('user_message'),
  ...item,
  content: z.array(UserMessageContentSchema),
  attachments: z.array(AttachmentSchema).default([]),
  quoted_text: optional(z.string()),
  inference_options: InferenceOptionsSchema,
})
export type UserMessageItem = z.infer<typeof UserMessageItemSchema>

export const AssistantMessageItemSchema = wireObject({
  type: z.literal('assistant_message'),
  ...item,
  content: z.array(AssistantMessageContentSchema),
})
export type AssistantMessageItem = z.infer<typeof AssistantMessageItemSchema>

export const ClientToolCallItemSchema = wireObject({
  type: z.literal('client_tool_call'),
  ...item,
  status: z.enum(['pending', 'completed']).default('pending'),
  call_id: z.string(),
  name: z.string(),
  arguments: freeObject,
  output: optional(freeValue),
})
/** A call of a function that runs in the user's browser. */
export type ClientToolCallItem = z.infer<typeof ClientToolCallItemSchema>

export const WidgetItemSchema = wireObject({
  type: z.literal('widget'),
  ...item,
  widget: WidgetRootSchema,
  copy_text: optional(z.string()),
})
export type WidgetItem = z.infer<typeof WidgetItemSchema>

export const GeneratedImageSchema = wireObject({ id: z.string(), url: z.string() })
export type GeneratedImage = z.infer<typeof GeneratedImageSchema>

export const GeneratedImageItemSchema = wireObject({
  type: z.literal('generated_image'),
  ...item,
  image: optional(GeneratedImageSchema),
})
export type GeneratedImageItem = z.infer<typeof GeneratedImageItemSchema>

export const StructuredInputItemSchema = wireObject({
  type: z.literal('structured_input'),
  ...item,
  status: z.enum(['pending', 'answered', 'skipped']).default('pending'),
  inputs: z.array(StructuredInputSchema),
})
export type StructuredInputItem = z.infer<typeof StructuredInputItemSchema>

export const WorkflowItemSchema = wireObject({ type: z.literal('workflow'), ...item, workflow: WorkflowSchema })
export type WorkflowItem = z.infer<typeof WorkflowItemSchema>

export const TaskItemSchema = wireObject({ type: z.literal('task'), ...item, task: TaskSchema })
export type TaskItem = z.infer<typeof TaskItemSchema>

export const HiddenContextItemSchema = wireObject({
  type: z.literal('hidden_context_item'),
  ...item,
  content: freeValue,
})
/** Something the model is told and the user never sees. */
export type HiddenContextItem = z.infer<typeof HiddenContextItemSchema>

export const SDKHiddenContextItemSchema = wireObject({
  type: z.literal('sdk_hidden_context'),
  ...item,
  content: z.string(),
})
/** As {@link HiddenContextItem}, written by the server itself. */
export type SDKHiddenContextItem = z.infer<typeof SDKHiddenContextItemSchema>

export const EndOfTurnItemSchema = wireObject({ type: z.literal('end_of_turn'), ...item })
export type EndOfTurnItem = z.infer<typeof EndOfTurnItemSchema>

export const ThreadItemSchema = z.discriminatedUnion('type', [
  UserMessageItemSchema,
  AssistantMessageItemSchema,
  ClientToolCallItemSchema,
  WidgetItemSchema,
  GeneratedImageItemSchema,
  StructuredInputItemSchema,
  WorkflowItemSchema,
  TaskItemSchema,
  HiddenContextItemSchema,
  SDKHiddenContextItemSchema,
  EndOfTurnItemSchema,
])
export type ThreadItem = z.infer<typeof ThreadItemSchema>
