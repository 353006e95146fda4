/** The requests of the protocol. Which of them stream and which answer JSON is part of it. */
import * as z from 'zod'
import { AttachmentCreateParamsSchema } from './attachments.ts'
import { freeObject, freeValue, laxInteger, optional, wireObject } from './fields.ts'
import { ThreadItemSchema } from './items.ts'
import { RunsResumeReqSchema, RunsStopReqSchema } from './runs.ts'
import { StructuredInputSubmissionSchema } from './structured-inputs.ts'
import { UserMessageInputSchema } from './user-messages.ts'

function request<Type extends string, Params extends z.ZodType>(type: Type, params: Params) {
  return wireObject({ type: z.literal(type), metadata: freeObject.default({}), params })
}

const page = {
  /** Rows at most; absent and 0 mean 20. The reference takes negative numbers, too; here they are refused. */
  limit: optional(laxInteger.pipe(z.number().min(0))),
  order: z.enum(['asc', 'desc']).default('desc'),
  /** Id of the last row already seen. */
  after: optional(z.string()),
}
const inThread = { thread_id: z.string() }

export const ActionSchema = wireObject({ type: z.string(), payload: optional(freeValue) })
/** What the user did in a widget. */
export type Action = z.infer<typeof ActionSchema>

export const ThreadCreateParamsSchema = wireObject({ input: UserMessageInputSchema })
export const ThreadsCreateReqSchema = request('threads.create', ThreadCreateParamsSchema)
export type ThreadsCreateReq = z.infer<typeof ThreadsCreateReqSchema>

export const ThreadAddUserMessageParamsSchema = wireObject({ ...inThread, input: UserMessageInputSchema })
export const ThreadsAddUserMessageReqSchema = request('threads.add_user_message', ThreadAddUserMessageParamsSchema)
export type ThreadsAddUserMessageReq = z.infer<typeof ThreadsAddUserMessageReqSchema>

export const ThreadAddClientToolOutputParamsSchema = wireObject({ ...inThread, result: freeValue })
export const ThreadsAddClientToolOutputReqSchema = request(
  'threads.add_client_tool_output',
  ThreadAddClientToolOutputParamsSchema,
)
export type ThreadsAddClientToolOutputReq = z.infer<typeof ThreadsAddClientToolOutputReqSchema>

export const ThreadAddStructuredInputParamsSchema = wireObject({
  ...inThread,
  item_id: z.string(),
  input: StructuredInputSubmissionSchema,
})
export const ThreadsAddStructuredInputReqSchema = request(
  'threads.add_structured_input',
  ThreadAddStructuredInputParamsSchema,
)
export type ThreadsAddStructuredInputReq = z.infer<typeof ThreadsAddStructuredInputReqSchema>

export const ThreadRetryAfterItemParamsSchema = wireObject({ ...inThread, item_id: z.string() })
export const ThreadsRetryAfterItemReqSchema = request('threads.retry_after_item', ThreadRetryAfterItemParamsSchema)
export type ThreadsRetryAfterItemReq = z.infer<typeof ThreadsRetryAfterItemReqSchema>

export const ThreadCustomActionParamsSchema = wireObject({
  ...inThread,
  /** The widget it was done in. */
  item_id: optional(z.string()),
  action: ActionSchema,
})
export const ThreadsCustomActionReqSchema = request('threads.custom_action', ThreadCustomActionParamsSchema)
export type ThreadsCustomActionReq = z.infer<typeof ThreadsCustomActionReqSchema>

export const ThreadsSyncCustomActionReqSchema = request('threads.sync_custom_action', ThreadCustomActionParamsSchema)
export type ThreadsSyncCustomActionReq = z.infer<typeof ThreadsSyncCustomActionReqSchema>

export const ThreadGetByIdParamsSchema = wireObject(inThread)
export const ThreadsGetByIdReqSchema = request('threads.get_by_id', ThreadGetByIdParamsSchema)
export type ThreadsGetByIdReq = z.infer<typeof ThreadsGetByIdReqSchema>

export const ThreadListParamsSchema = wireObject(page)
export const ThreadsListReqSchema = request('threads.list', ThreadListParamsSchema)
export type ThreadsListReq = z.infer<typeof ThreadsListReqSchema>

export const ThreadUpdateParamsSchema = wireObject({ ...inThread, title: z.string() })
export const ThreadsUpdateReqSchema = request('threads.update', ThreadUpdateParamsSchema)
export type ThreadsUpdateReq = z.infer<typeof ThreadsUpdateReqSchema>

export const ThreadDeleteParamsSchema = wireObject(inThread)
export const ThreadsDeleteReqSchema = request('threads.delete', ThreadDeleteParamsSchema)
export type ThreadsDeleteReq = z.infer<typeof ThreadsDeleteReqSchema>

export const ItemsListParamsSchema = wireObject({ ...inThread, ...page })
export const ItemsListReqSchema = request('items.list', ItemsListParamsSchema)
export type ItemsListReq = z.infer<typeof ItemsListReqSchema>

export const ItemFeedbackParamsSchema = wireObject({
  ...inThread,
  item_ids: z.array(z.string()),
  kind: z.enum(['positive', 'negative']),
})
export const ItemsFeedbackReqSchema = request('items.feedback', ItemFeedbackParamsSchema)
export type ItemsFeedbackReq = z.infer<typeof ItemsFeedbackReqSchema>

export const AttachmentsCreateReqSchema = request('attachments.create', AttachmentCreateParamsSchema)
export type AttachmentsCreateReq = z.infer<typeof AttachmentsCreateReqSchema>

export const AttachmentDeleteParamsSchema = wireObject({ attachment_id: z.string() })
export const AttachmentsDeleteReqSchema = request('attachments.delete', AttachmentDeleteParamsSchema)
export type AttachmentsDeleteReq = z.infer<typeof AttachmentsDeleteReqSchema>

export const InputTranscribeParamsSchema = wireObject({ audio_base64: z.string(), mime_type: z.string() })
export const InputTranscribeReqSchema = request('input.transcribe', InputTranscribeParamsSchema)
export type InputTranscribeReq = z.infer<typeof InputTranscribeReqSchema>

export const StreamingReqSchema = z.discriminatedUnion('type', [
  ThreadsCreateReqSchema,
  ThreadsAddUserMessageReqSchema,
  ThreadsAddClientToolOutputReqSchema,
  ThreadsAddStructuredInputReqSchema,
  ThreadsRetryAfterItemReqSchema,
  ThreadsCustomActionReqSchema,
])
/** Requests that start a run. */
export type StreamingReq = z.infer<typeof StreamingReqSchema>

export const NonStreamingReqSchema = z.discriminatedUnion('type', [
  ThreadsGetByIdReqSchema,
  ThreadsListReqSchema,
  ItemsListReqSchema,
  ItemsFeedbackReqSchema,
  AttachmentsCreateReqSchema,
  AttachmentsDeleteReqSchema,
  ThreadsUpdateReqSchema,
  ThreadsDeleteReqSchema,
  InputTranscribeReqSchema,
  ThreadsSyncCustomActionReqSchema,
])
/** Requests that answer JSON at once. */
export type NonStreamingReq = z.infer<typeof NonStreamingReqSchema>

export const ChatKitReqSchema = z.discriminatedUnion('type', [
  ...StreamingReqSchema.options,
  ...NonStreamingReqSchema.options,
  RunsResumeReqSchema,
  RunsStopReqSchema,
])
/** Every request, ours (`runs.*`) included. */
export type ChatKitReq = z.infer<typeof ChatKitReqSchema>

export const SyncCustomActionResponseSchema = wireObject({ updated_item: optional(ThreadItemSchema) })
export type SyncCustomActionResponse = z.infer<typeof SyncCustomActionResponseSchema>

export const TranscriptionResultSchema = wireObject({ text: z.string() })
export type TranscriptionResult = z.infer<typeof TranscriptionResultSchema>
