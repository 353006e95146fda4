/** The events of a stream: what a run is made of, from the model to the pixels. */
import * as z from 'zod'
import { freeObject, laxBoolean, optional, wireObject } from './fields.ts'
import { IconNameSchema } from './icons.ts'
import { ThreadItemSchema } from './items.ts'
import { ThreadSchema } from './threads.ts'
import { ThreadItemUpdateSchema } from './updates.ts'

export const ThreadCreatedEventSchema = wireObject({ type: z.literal('thread.created'), thread: ThreadSchema })
export type ThreadCreatedEvent = z.infer<typeof ThreadCreatedEventSchema>

export const ThreadUpdatedEventSchema = wireObject({ type: z.literal('thread.updated'), thread: ThreadSchema })
/** The thread's own fields changed. Its page of items is empty, which does not mean that there are none. */
export type ThreadUpdatedEvent = z.infer<typeof ThreadUpdatedEventSchema>

export const ThreadItemAddedEventSchema = wireObject({ type: z.literal('thread.item.added'), item: ThreadItemSchema })
/** An item begins; it is stored when it is done. */
export type ThreadItemAddedEvent = z.infer<typeof ThreadItemAddedEventSchema>

export const ThreadItemUpdatedEventSchema = wireObject({
  type: z.literal('thread.item.updated'),
  item_id: z.string(),
  update: ThreadItemUpdateSchema,
})
export type ThreadItemUpdatedEvent = z.infer<typeof ThreadItemUpdatedEventSchema>

export const ThreadItemDoneEventSchema = wireObject({ type: z.literal('thread.item.done'), item: ThreadItemSchema })
export type ThreadItemDoneEvent = z.infer<typeof ThreadItemDoneEventSchema>

export const ThreadItemRemovedEventSchema = wireObject({ type: z.literal('thread.item.removed'), item_id: z.string() })
export type ThreadItemRemovedEvent = z.infer<typeof ThreadItemRemovedEventSchema>

export const ThreadItemReplacedEventSchema = wireObject({
  type: z.literal('thread.item.replaced'),
  item: ThreadItemSchema,
})
/** A stored item has a new content. */
export type ThreadItemReplacedEvent = z.infer<typeof ThreadItemReplacedEventSchema>

export const StreamOptionsSchema = wireObject({ allow_cancel: laxBoolean })
export type StreamOptions = z.infer<typeof StreamOptionsSchema>

export const StreamOptionsEventSchema = wireObject({
  type: z.literal('stream_options'),
  stream_options: StreamOptionsSchema,
})
export type StreamOptionsEvent = z.infer<typeof StreamOptionsEventSchema>

export const ProgressUpdateEventSchema = wireObject({
  type: z.literal('progress_update'),
  icon: optional(IconNameSchema),
  text: z.string(),
})
export type ProgressUpdateEvent = z.infer<typeof ProgressUpdateEventSchema>

export const ClientEffectEventSchema = wireObject({
  type: z.literal('client_effect'),
  name: z.string(),
  data: freeObject.default({}),
})
/** Something the page is to do; sent and forgotten. */
export type ClientEffectEvent = z.infer<typeof ClientEffectEventSchema>

export const ErrorCodeSchema = z.enum(['stream.error'])
/** Codes for which clients have words of their own. */
export type ErrorCode = z.infer<typeof ErrorCodeSchema>

export const ErrorEventSchema = wireObject({
  type: z.literal('error'),
  code: z.union([ErrorCodeSchema, z.literal('custom')]).default('custom'),
  /** Shown to the user; only with code `custom`. */
  message: optional(z.string()),
  allow_retry: laxBoolean.default(false),
})
export type ErrorEvent = z.infer<typeof ErrorEventSchema>

export const NoticeEventSchema = wireObject({
  type: z.literal('notice'),
  level: z.enum(['info', 'warning', 'danger']),
  /** Markdown. */
  message: z.string(),
  title: optional(z.string()),
})
export type NoticeEvent = z.infer<typeof NoticeEventSchema>

export const ThreadStreamEventSchema = z.discriminatedUnion('type', [
  ThreadCreatedEventSchema,
  ThreadUpdatedEventSchema,
  ThreadItemDoneEventSchema,
  ThreadItemAddedEventSchema,
  ThreadItemUpdatedEventSchema,
  ThreadItemRemovedEventSchema,
  ThreadItemReplacedEventSchema,
  StreamOptionsEventSchema,
  ProgressUpdateEventSchema,
  ClientEffectEventSchema,
  ErrorEventSchema,
  NoticeEventSchema,
])
export type ThreadStreamEvent = z.infer<typeof ThreadStreamEventSchema>
