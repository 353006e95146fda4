/** What the model is told of an attachment: images and documents as they are where it can take them, texts as text. */
import type { ModelContent } from '@millrace/agents'
import { type Attachment, ChatKitError } from '@millrace/protocol'
import type { AttachmentBytes } from '@millrace/server'
import type { ModelKind } from './model/index.ts'

/** Of a long text the model is told the beginning; the rest would push the conversation out of its window. */
const MAX_TEXT_CHARACTERS = 100_000

const TEXT = /^(text\/|application\/(json|xml|yaml|x-yaml|toml|javascript|sql)$)/
/** What vision models take. */
const IMAGE = /^image\/(png|jpeg|gif|webp)$/

type Bytes = Pick<AttachmentBytes<unknown>, 'read'>

/** A converter for `toAgentInput`: reads the attachment's bytes and gives what this kind of model takes of them. */
export function attachmentContent(files: Bytes, kind: ModelKind): (attachment: Attachment) => Promise<ModelContent> {
  const takesFiles = kind !== 'demo' && kind !== 'gguf'
  return async ({ id, name, mime_type }) => {
    const bytes = await readAll(files, id)
    if (!bytes) return told(`The user attached the file ${name} (${mime_type}), but it was never uploaded.`)
    if (TEXT.test(mime_type)) return told(textOf(name, bytes))
    const url = `data:${mime_type};base64,${bytes.toString('base64')}`
    if (takesFiles && IMAGE.test(mime_type)) return { type: 'input_image', image: url, detail: 'auto' }
    if (takesFiles && mime_type === 'application/pdf') return { type: 'input_file', file: url, filename: name }
    return told(`The user attached the file ${name} (${mime_type}). You can't see what is in it: say so if it matters.`)
  }
}

function textOf(name: string, bytes: Buffer): string {
  const text = bytes.toString('utf8')
  const isCut = text.length > MAX_TEXT_CHARACTERS
  const note = isCut ? `, its first ${MAX_TEXT_CHARACTERS} characters` : ''
  return `The user attached the file ${name}${note}:\n\n${isCut ? text.slice(0, MAX_TEXT_CHARACTERS) : text}`
}

/** The bytes; nothing where they were never sent or are gone. */
async function readAll(files: Bytes, id: string): Promise<Buffer | undefined> {
  try {
    const file = await files.read(id)
    return file && Buffer.from(await new Response(file.body).arrayBuffer())
  } catch (error) {
    if (error instanceof ChatKitError && error.code === 'not_found') return undefined
    throw error
  }
}

function told(text: string): ModelContent {
  return { type: 'input_text', text }
}
