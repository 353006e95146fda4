/** Where the bytes of attachments live; their descriptions live in the `Store`. */
import type { Attachment, AttachmentCreateParams } from '@millrace/protocol'

export interface AttachmentStore<Context = unknown> {
  /**
   * First phase of an upload: makes the attachment (its id comes as `id`) with an `upload_descriptor` that says where its bytes go.
   * Throws `invalid_request` for a size or media type that is not allowed.
   */
  create(params: AttachmentCreateParams, id: string, context: Context): Promise<Attachment>
  /** Deletes the bytes. Something absent is deleted already, and so is what belongs to another user. */
  delete(attachmentId: string, context: Context): Promise<void>
}
