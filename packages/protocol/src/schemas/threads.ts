/** Threads, and the pages in which threads and items are listed. */
import * as z from 'zod'
import { freeObject, laxBoolean, optional, timestamp, wireObject } from './fields.ts'
import { type ThreadItem, ThreadItemSchema } from './items.ts'

export const ActiveStatusSchema = wireObject({ type: z.literal('active') })
export type ActiveStatus = z.infer<typeof ActiveStatusSchema>

export const LockedStatusSchema = wireObject({ type: z.literal('locked'), reason: optional(z.string()) })
/** No new messages for now. */
export type LockedStatus = z.infer<typeof LockedStatusSchema>

export const ClosedStatusSchema = wireObject({ type: z.literal('closed'), reason: optional(z.string()) })
/** No new messages ever. */
export type ClosedStatus = z.infer<typeof ClosedStatusSchema>

export const ThreadStatusSchema = z.discriminatedUnion('type', [
  ActiveStatusSchema,
  LockedStatusSchema,
  ClosedStatusSchema,
])
export type ThreadStatus = z.infer<typeof ThreadStatusSchema>

const metadata = {
  id: z.string(),
  created_at: timestamp,
  title: optional(z.string()),
  status: ThreadStatusSchema.default({ type: 'active' }),
  /** Where images in the assistant's markdown may come from. */
  allowed_image_domains: optional(z.array(z.string())),
  /** The app's own; stored, never sent to a client. */
  metadata: freeObject.default({}),
}

export const ThreadMetadataSchema = wireObject(metadata)
/** A thread without its items. */
export type ThreadMetadata = z.infer<typeof ThreadMetadataSchema>

/** A page of what `data` holds. `after` is the cursor of the next page, there when `has_more`. */
export interface Page<T> {
  data: T[]
  has_more: boolean
  after?: string
}

function pageOf<Schema extends z.ZodType>(row: Schema) {
  return wireObject({
    data: z.array(row).default([]),
    has_more: laxBoolean.default(false),
    after: optional(z.string()),
  })
}

export const PageOfThreadItemSchema = pageOf(ThreadItemSchema)

export const ThreadSchema = wireObject({ ...metadata, items: PageOfThreadItemSchema })
export interface Thread extends ThreadMetadata {
  items: Page<ThreadItem>
}

export const PageOfThreadSchema = pageOf(ThreadSchema)
