/** Bytes of attachments over HTTP: both phases of an upload, and previews. Nothing is ever served as a page. */
import { type Attachment, ChatKitError, toWireAttachment } from '@millrace/protocol'
import type { Hono, MiddlewareHandler } from 'hono'
import type { AttachmentStore } from '../attachments/attachment-store.ts'
import { safeContentType } from '../attachments/safe-content-type.ts'
import type { ChatKitServer } from '../chatkit-server.ts'
import type { Store } from '../store/store.ts'
import type { AppEnv } from './app.ts'
import { limitBody } from './body-limit.ts'

/** An attachment store whose bytes pass through this server. */
export interface AttachmentBytes<Context> extends AttachmentStore<Context> {
  /** Largest upload in bytes. */
  readonly maxBytes: number
  /** Takes the bytes of an attachment. Throws `invalid_request` over the limit; nothing half-written stays. */
  write(attachmentId: string, body: ReadableStream<Uint8Array>): Promise<void>
  /** Undefined where nothing was uploaded. */
  read(attachmentId: string): Promise<{ size: number; body: ReadableStream<Uint8Array> } | undefined>
}

export interface AttachmentFiles<Context> {
  files: AttachmentBytes<Context>
  store: Store<Context>
}

/** Room for the multipart framing around a file. */
const MULTIPART_BYTES = 64 * 1024

export function attachmentRoutes<Context>(
  app: Hono<AppEnv<Context>>,
  authenticated: MiddlewareHandler<AppEnv<Context>>,
  server: ChatKitServer<Context>,
  { files, store }: AttachmentFiles<Context>,
): void {
  app.put('/attachments/:id', authenticated, limitBody(files.maxBytes), async (c) => {
    const user = c.get('user')
    const attachment = await store.loadAttachment(c.req.param('id'), user)
    if (!c.req.raw.body) throw new ChatKitError('invalid_request', 'The body is empty. Send the bytes of the file.')
    await files.write(attachment.id, c.req.raw.body)
    return c.json(toWireAttachment(await uploaded(attachment, user)))
  })

  app.post('/attachments', authenticated, limitBody(files.maxBytes + MULTIPART_BYTES), async (c) => {
    const form = await c.req.parseBody().catch((cause: unknown) => {
      throw new ChatKitError('invalid_request', 'The body is no multipart form. Send the file as field `file`.', {
        cause,
      })
    })
    const file = form.file
    if (!(file instanceof File)) {
      throw new ChatKitError('invalid_request', 'Send the file as multipart field `file`.', { param: 'file' })
    }
    const user = c.get('user')
    const params = { name: file.name, size: file.size, mime_type: file.type || 'application/octet-stream' }
    const answer = await server.process({ type: 'attachments.create', params }, user)
    const created = 'json' in answer ? (answer.json as Attachment) : undefined
    if (!created) throw new ChatKitError('server_error', 'The upload could not be registered. Try again.')
    await files.write(created.id, file.stream())
    return c.json(toWireAttachment(await uploaded(await store.loadAttachment(created.id, user), user)))
  })

  app.get('/attachments/:id', authenticated, async (c) => {
    const attachment = await store.loadAttachment(c.req.param('id'), c.get('user'))
    const found = await files.read(attachment.id)
    if (!found) throw new ChatKitError('not_found', 'This attachment was not uploaded yet.')
    return new Response(found.body, { headers: { ...safeHeaders(attachment), 'content-length': String(found.size) } })
  })

  /** Once the bytes are here nobody needs to be told where to send them. */
  async function uploaded({ upload_descriptor: _, ...attachment }: Attachment, user: Context): Promise<Attachment> {
    await store.saveAttachment(attachment, user)
    return attachment
  }
}

function safeHeaders(attachment: Attachment): Record<string, string> {
  const { contentType, disposition } = safeContentType(attachment.mime_type)
  return {
    'content-type': contentType,
    'content-disposition': `${disposition}; filename*=UTF-8''${encodeURIComponent(attachment.name)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, max-age=3600',
  }
}
