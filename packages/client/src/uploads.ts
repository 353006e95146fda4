/** Files on their way to the server: announced first and then sent (two-phase), or sent at once (direct). */
import { type Attachment, ChatKitError } from '@millrace/protocol'
import { hasId } from './guards.ts'
import { notReached, parseJson, refusal } from './http-errors.ts'
import type { Transport } from './transport.ts'

/** A file to upload; a browser's `File` is one. */
export type UploadFile = Blob & { readonly name: string }

export type UploadStrategy = { type: 'two_phase' } | { type: 'direct'; uploadUrl: string }

export interface UploadOptions {
  strategy: UploadStrategy
  /** The API's address. A two-phase upload to its origin goes through `fetch`; any other is sent without foreign headers. */
  url?: string
  /** Used instead of the global `fetch`; then the progress of an upload is not known. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

export interface UploadProgress {
  signal?: AbortSignal
  /** Told the share that has been sent, 0 to 1. */
  onProgress?: (share: number) => void
}

/** Uploads a file; resolves with the attachment when it may be sent with a message. */
export async function upload(
  transport: Transport,
  options: UploadOptions | undefined,
  file: UploadFile,
  progress: UploadProgress,
): Promise<Attachment> {
  if (!options) throw new ChatKitError('not_configured', 'Files can be sent when `uploads` names an upload strategy.')
  const { strategy } = options
  if (strategy.type === 'direct') {
    const sent = await put(strategy.uploadUrl, { method: 'POST', body: formOf(file) }, options.fetch, progress)
    if (!isAttachment(sent)) throw new ChatKitError('server_error', 'The answer to the upload is no attachment.')
    return sent
  }
  const params = { name: file.name, size: file.size, mime_type: file.type || 'application/octet-stream' }
  const announced = await transport.request({ type: 'attachments.create', params }, progress.signal)
  if (!isAttachment(announced))
    throw new ChatKitError('server_error', 'The answer to the announced file is no attachment.')
  const { upload_descriptor: target, ...attachment } = announced
  if (!target) return attachment
  try {
    const isOwn = originOf(target.url) === originOf(options.url ?? '')
    const isForm = target.method === 'POST'
    const headers = { ...(!isForm && { 'Content-Type': params.mime_type }), ...target.headers }
    // a presigned address refuses credentials, and a wildcard CORS answer forbids them
    const init: RequestInit = { method: target.method, headers, ...(!isOwn && { credentials: 'omit' }) }
    const sent = await put(
      target.url,
      { ...init, body: isForm ? formOf(file) : file },
      isOwn ? options.fetch : undefined,
      progress,
    )
    // the answer may know a preview that the announcement could not
    return isAttachment(sent) && sent.id === attachment.id ? sent : attachment
  } catch (error) {
    // nobody will send what was only announced; whether it is taken back is no matter of this upload
    transport.request({ type: 'attachments.delete', params: { attachment_id: attachment.id } }).catch(() => {})
    throw error
  }
}

/** Sends the file; resolves with the answer's JSON, if it is any. */
async function put(
  url: string,
  init: RequestInit,
  fetching: UploadOptions['fetch'],
  { signal, onProgress }: UploadProgress,
): Promise<unknown> {
  signal?.throwIfAborted()
  onProgress?.(0)
  const send =
    !fetching && onProgress && typeof XMLHttpRequest === 'function'
      ? () => sendWithProgress(url, init, signal, onProgress)
      : () => (fetching ?? fetch)(url, { ...init, ...(signal && { signal }) })
  const response = await notReached(signal, send)
  if (!response.ok) throw await refusal(response)
  onProgress?.(1)
  return parseJson(await response.text())
}

/** What fetch can't do: tells how much of the body has gone. */
function sendWithProgress(
  url: string,
  { method = 'POST', headers = {}, body }: RequestInit,
  signal: AbortSignal | undefined,
  onProgress: (share: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open(method, url)
    for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
    request.onload = () => {
      const type = request.getResponseHeader('content-type') ?? ''
      const text = request.status === 204 ? null : request.responseText
      resolve(new Response(text, { status: request.status, headers: { 'content-type': type } }))
    }
    request.onerror = request.onabort = () => reject(new TypeError('upload failed'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.send(body instanceof FormData || body instanceof Blob ? body : null)
  })
}

function formOf(file: UploadFile): FormData {
  const form = new FormData()
  form.append('file', file, file.name)
  return form
}

function isAttachment(value: unknown): value is Attachment {
  return hasId(value)
}

/** Where an address points to, seen from the page. */
function originOf(url: string): string | undefined {
  const base = globalThis.location?.href
  try {
    return new URL(url, base).origin
  } catch {
    return undefined
  }
}

/** A recording as text, for a JSON body. */
export async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let binary = ''
  // as many at a time as a call may have arguments
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}
