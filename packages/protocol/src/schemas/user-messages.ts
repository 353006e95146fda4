/** What a user's message is made of, and what a client sends to make one. */
import * as z from 'zod'
import { freeObject, laxBoolean, optional, wireObject } from './fields.ts'

export const UserMessageTextContentSchema = wireObject({ type: z.literal('input_text'), text: z.string() })
export type UserMessageTextContent = z.infer<typeof UserMessageTextContentSchema>

export const UserMessageTagContentSchema = wireObject({
  type: z.literal('input_tag'),
  id: z.string(),
  text: z.string(),
  data: freeObject,
  group: optional(z.string()),
  interactive: laxBoolean.default(false),
})
/** A mention of one of the app's entities. */
export type UserMessageTagContent = z.infer<typeof UserMessageTagContentSchema>

export const UserMessageContentSchema = z.discriminatedUnion('type', [
  UserMessageTextContentSchema,
  UserMessageTagContentSchema,
])
export type UserMessageContent = z.infer<typeof UserMessageContentSchema>

export const ToolChoiceSchema = wireObject({ id: z.string() })
export type ToolChoice = z.infer<typeof ToolChoiceSchema>

export const InferenceOptionsSchema = wireObject({
  tool_choice: optional(ToolChoiceSchema),
  model: optional(z.string()),
})
/** What the user chose in the composer. */
export type InferenceOptions = z.infer<typeof InferenceOptionsSchema>

export const UserMessageInputSchema = wireObject({
  content: z.array(UserMessageContentSchema),
  /** Ids of attachments. */
  attachments: z.array(z.string()),
  quoted_text: optional(z.string()),
  inference_options: InferenceOptionsSchema,
})
export type UserMessageInput = z.infer<typeof UserMessageInputSchema>
