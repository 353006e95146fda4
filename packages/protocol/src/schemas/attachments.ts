/** Files that a user message carries: their description; the bytes travel on their own. */
import * as z from 'zod'
import { freeObject, laxInteger, optional, url, wireObject } from './fields.ts'

export const AttachmentUploadDescriptorSchema = wireObject({
  url,
  method: z.enum(['POST', 'PUT']),
  headers: z.record(z.string(), z.string()).default({}),
})
/** Where the client sends the bytes of a two-phase upload. */
export type AttachmentUploadDescriptor = z.infer<typeof AttachmentUploadDescriptorSchema>

const described = {
  id: z.string(),
  name: z.string(),
  mime_type: z.string(),
  upload_descriptor: optional(AttachmentUploadDescriptorSchema),
  thread_id: optional(z.string()),
  /** The app's own; stored, never sent to a client. */
  metadata: optional(freeObject),
}

export const FileAttachmentSchema = wireObject({ type: z.literal('file'), ...described })
export type FileAttachment = z.infer<typeof FileAttachmentSchema>

export const ImageAttachmentSchema = wireObject({ type: z.literal('image'), ...described, preview_url: url })
export type ImageAttachment = z.infer<typeof ImageAttachmentSchema>

export const AttachmentSchema = z.discriminatedUnion('type', [FileAttachmentSchema, ImageAttachmentSchema])
export type Attachment = z.infer<typeof AttachmentSchema>

export const AttachmentCreateParamsSchema = wireObject({ name: z.string(), size: laxInteger, mime_type: z.string() })
/** `size` in bytes. */
export type AttachmentCreateParams = z.infer<typeof AttachmentCreateParamsSchema>
