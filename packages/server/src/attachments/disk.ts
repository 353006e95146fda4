/** Attachments in a folder: the client asks for a place (`create`), then sends the bytes there (`write`). */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Attachment, type AttachmentCreateParams, ChatKitError } from '@millrace/protocol'
import { ownerOf } from '../store/owner.ts'
import type { AttachmentStore } from './attachment-store.ts'
import { essence, isShownAsImage } from './safe-content-type.ts'

export interface DiskAttachmentStoreOptions<Context> {
  /** Made where it is missing. */
  directory: string
  /** Bytes of a file at most. Default 20 MiB. */
  maxBytes?: number
  /** Media types that are taken, as `application/pdf` or `image/*`. Default: all. */
  accept?: readonly string[]
  /** Where a client sends an attachment's bytes (by PUT), and where an image of it is: absolute URLs. */
  urlFor: (attachmentId: string, context: Context) => { upload: string; preview: string }
  /** Whose attachments a request may delete and makes. Default: the context's `userId`, else `local`. */
  owner?: (context: Context) => string
}

/** What was said about an attachment when it was made; lies beside its bytes. */
interface Description {
  owner: string
  mimeType: string
}

/** A crashed upload's file is in nobody's use any more after so long. */
const STALE_MS = 24 * 60 * 60 * 1000
const CHUNK_BYTES = 64 * 1024

export class DiskAttachmentStore<Context = unknown> implements AttachmentStore<Context> {
  readonly maxBytes: number
  readonly #directory: string
  readonly #accept: readonly string[]
  readonly #urlFor: (attachmentId: string, context: Context) => { upload: string; preview: string }
  readonly #owner: (context: Context) => string
  #prepared: Promise<void> | undefined

  constructor({
    directory,
    maxBytes = 20 * 1024 * 1024,
    accept = ['*/*'],
    urlFor,
    owner = ownerOf,
  }: DiskAttachmentStoreOptions<Context>) {
    this.maxBytes = maxBytes
    this.#directory = directory
    this.#accept = accept.map((pattern) => pattern.toLowerCase())
    this.#urlFor = urlFor
    this.#owner = owner
  }

  /** @throws ChatKitError `invalid_request` for a size or media type that is not allowed, `unavailable` for a disk that is full */
  async create(params: AttachmentCreateParams, id: string, context: Context): Promise<Attachment> {
    const { name, size, mime_type } = params
    if (size > this.maxBytes) throw this.#tooLarge()
    if (size < 0) throw new ChatKitError('invalid_request', 'A file has no negative size.', { param: 'params.size' })
    this.#checkType(mime_type)
    const { upload, preview } = this.#urlFor(id, context)
    const description: Description = { owner: this.#owner(context), mimeType: mime_type }
    await this.#prepare()
    await onDisk(() => writeFile(this.#path(id, 'json'), JSON.stringify(description), { flag: 'wx' }))
    const upload_descriptor = { url: upload, method: 'PUT' as const, headers: { 'content-type': mime_type } }
    return isShownAsImage(mime_type)
      ? { type: 'image', id, name, mime_type, preview_url: preview, upload_descriptor }
      : { type: 'file', id, name, mime_type, upload_descriptor }
  }

  /**
   * Takes the bytes of an attachment, which replace those of an earlier try. Nothing half-written stays.
   * @throws ChatKitError `not_found` for one that was not made, `invalid_request` (413) for more bytes than allowed
   */
  async write(attachmentId: string, bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
    await this.#describe(attachmentId)
    const part = this.#path(attachmentId, `${randomUUID()}.part`)
    try {
      await this.#fill(part, bytes instanceof Uint8Array ? [bytes] : bytes)
      // It may have been deleted while it came in.
      await this.#describe(attachmentId)
      await onDisk(() => rename(part, this.#path(attachmentId, 'bytes')))
    } finally {
      await rm(part, { force: true })
    }
  }

  /** Size and bytes of an attachment, and the media type it was announced with; undefined where nothing was uploaded. */
  async read(
    attachmentId: string,
  ): Promise<{ size: number; mimeType: string; body: ReadableStream<Uint8Array> } | undefined> {
    const { mimeType } = await this.#describe(attachmentId)
    const path = this.#path(attachmentId, 'bytes')
    try {
      const { size } = await stat(path)
      return { size, mimeType, body: streamOf(path) }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unusable(error)
    }
  }

  async delete(attachmentId: string, context: Context): Promise<void> {
    const description = await this.#describe(attachmentId).catch((error: unknown) => {
      if (error instanceof ChatKitError && error.code === 'not_found') return undefined
      throw error
    })
    if (description?.owner !== this.#owner(context)) return
    // The description last: while it is there, a deletion that failed can be repeated.
    await onDisk(() => rm(this.#path(attachmentId, 'bytes'), { force: true }))
    await onDisk(() => rm(this.#path(attachmentId, 'json'), { force: true }))
  }

  #checkType(mimeType: string): void {
    const type = essence(mimeType)
    const isAccepted = this.#accept.some(
      (pattern) =>
        pattern === '*/*' || pattern === type || (pattern.endsWith('/*') && type.startsWith(pattern.slice(0, -1))),
    )
    if (/^[\w.+-]+\/[\w.+-]+$/.test(type) && /^[ -~]*$/.test(mimeType) && isAccepted) return
    const accepted = this.#accept.includes('*/*') ? 'any, as `text/plain`' : this.#accept.join(', ')
    throw new ChatKitError(
      'invalid_request',
      `Files of type ${JSON.stringify(mimeType)} are not taken. Accepted: ${accepted}.`,
      {
        param: 'params.mime_type',
      },
    )
  }

  async #fill(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const file = await onDisk(() => open(path, 'wx'))
    try {
      let size = 0
      for await (const chunk of chunks) {
        size += chunk.byteLength
        if (size > this.maxBytes) throw this.#tooLarge()
        await onDisk(() => file.writeFile(chunk))
      }
    } finally {
      await file.close()
    }
  }

  /** @throws ChatKitError `not_found` */
  async #describe(attachmentId: string): Promise<Description> {
    const path = this.#path(attachmentId, 'json')
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Description
    } catch (error) {
      if (isMissing(error)) throw unknownAttachment(attachmentId)
      throw unusable(error)
    }
  }

  /** Ids that are no plain words never reach the file system. */
  #path(attachmentId: string, kind: string): string {
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(attachmentId)) throw unknownAttachment(attachmentId)
    return join(this.#directory, `${attachmentId}.${kind}`)
  }

  /** Once: makes the folder and removes what crashed uploads left. After a failure the next upload tries again. */
  #prepare(): Promise<void> {
    this.#prepared ??= onDisk(async () => {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      for (const name of await readdir(this.#directory)) {
        if (!name.endsWith('.part')) continue
        const path = join(this.#directory, name)
        if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) await rm(path, { force: true })
      }
    }).catch((error: unknown) => {
      this.#prepared = undefined
      throw error
    })
    return this.#prepared
  }

  #tooLarge(): ChatKitError {
    return new ChatKitError(
      'invalid_request',
      `The file is too large. It may have ${inWords(this.maxBytes)} at most.`,
      {
        param: 'params.size',
        status: 413,
      },
    )
  }
}

/** Opens the file when it is first asked for bytes, so a body that nobody reads holds nothing. */
function streamOf(path: string): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        file ??= await open(path)
        const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES)
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead))
        await file.close()
        controller.close()
      },
      cancel: () => file?.close(),
    },
    { highWaterMark: 0 },
  )
}

async function onDisk<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job()
  } catch (error) {
    throw error instanceof ChatKitError ? error : unusable(error)
  }
}

function unknownAttachment(id: string): ChatKitError {
  return new ChatKitError('not_found', `There is no attachment ${JSON.stringify(id)}.`)
}

function unusable(cause: unknown): ChatKitError {
  return new ChatKitError('unavailable', "Files can't be kept right now. Try again in a moment.", { cause })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function inWords(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${Number((bytes / 1024 / 1024).toFixed(1))} MiB`
  return bytes >= 1024 ? `${Number((bytes / 1024).toFixed(1))} KiB` : `${bytes} bytes`
}
