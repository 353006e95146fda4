/** What stands in the composer: draft, tags, quote, attachments, tool and model. */
import type { Conversation, MessageInput } from '@millrace/client'
import type { Attachment, InferenceOptions, UserMessageContent } from '@millrace/protocol'
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { refusal } from './attachment-limits.ts'
import type { Messages } from './locales/messages.ts'
import type { Options } from './options.ts'

export type TagContent = Extract<UserMessageContent, { type: 'input_tag' }>

/** A file on its way to the server, or there. */
export interface ComposerFile {
  readonly key: number
  readonly name: string
  readonly mimeType: string
  readonly state: 'uploading' | 'ready' | 'failed'
  /** Share that has been sent, 0 to 1. */
  readonly progress: number
  /** What the thumbnail shows: a local object URL, or the server's preview of an attachment that was given ready. */
  readonly previewUrl?: string
  readonly attachment?: Attachment
  readonly error?: string
}

export interface ComposerSurroundings {
  conversation: Conversation
  options: ReadonlySignal<Options>
  messages: ReadonlySignal<Messages>
  /** Shows a local problem to the user and tells the page of it. */
  complain(text: string, cause?: unknown): void
  toolChanged(toolId: string | null): void
}

/** State of one composer; `dispose` ends its uploads and frees its object URLs. */
export class ComposerState {
  readonly text = signal('')
  readonly quote = signal('')
  readonly tags = signal<readonly TagContent[]>([])
  readonly files = signal<readonly ComposerFile[]>([])
  readonly toolId = signal<string | null>(null)
  readonly #pickedModelId = signal<string | undefined>(undefined)

  readonly tool = computed(() =>
    this.#around.options.value.composer.tools.find((tool) => tool.id === this.toolId.value),
  )
  /** The picked model, else the default one, else the first that can be picked (O88). */
  readonly model = computed(() => {
    const usable = this.#around.options.value.composer.models.filter((model) => !model.disabled)
    return (
      usable.find((model) => model.id === this.#pickedModelId.value) ??
      usable.find((model) => model.default) ??
      usable[0]
    )
  })
  readonly isUploading = computed(() => this.files.value.some((file) => file.state === 'uploading'))
  readonly hasContent = computed(
    () =>
      this.text.value.trim() !== '' ||
      this.tags.value.length > 0 ||
      this.files.value.some((file) => file.state === 'ready'),
  )

  readonly #around: ComposerSurroundings
  readonly #uploads = new Map<number, { file: File; abort: AbortController }>()
  #nextKey = 1

  constructor(around: ComposerSurroundings) {
    this.#around = around
  }

  selectTool(toolId: string | null): void {
    if (this.toolId.peek() === toolId) return
    this.toolId.value = toolId
    this.#around.toolChanged(toolId)
  }

  selectModel(modelId: string): void {
    this.#pickedModelId.value = modelId
  }

  /** Drops a selected tool that the newest options no longer have (O91). */
  optionsChanged(): void {
    if (this.toolId.peek() !== null && !this.tool.peek()) this.selectTool(null)
  }

  inferenceOptions(): InferenceOptions {
    const tool = this.tool.peek()
    const model = this.model.peek()
    return { ...(tool ? { tool_choice: { id: tool.id } } : {}), ...(model ? { model: model.id } : {}) }
  }

  /** The message as it stands; tags come before the text. */
  message(): MessageInput {
    const text = this.text.peek().trim()
    return {
      content: [...this.tags.peek(), ...(text === '' ? [] : [{ type: 'input_text' as const, text }])],
      quotedText: this.quote.peek(),
      attachments: this.files
        .peek()
        .flatMap((file) => (file.attachment && file.state === 'ready' ? [file.attachment] : [])),
      inferenceOptions: this.inferenceOptions(),
    }
  }

  /** Empties the composer. `restore` puts everything back, for a message the server did not take; `release` frees the thumbnails of one it took. */
  take(): { restore: () => void; release: () => void } {
    const before = [this.text.peek(), this.quote.peek(), this.tags.peek(), this.files.peek()] as const
    this.text.value = ''
    this.quote.value = ''
    this.tags.value = []
    this.files.value = []
    this.messageSent()
    const [text, quote, tags, files] = before
    return {
      restore: () => {
        if (this.text.peek() === '') this.text.value = text
        if (this.quote.peek() === '') this.quote.value = quote
        if (this.tags.peek().length === 0) this.tags.value = tags
        if (this.files.peek().length === 0) this.files.value = files
      },
      release: () => files.forEach(freePreview),
    }
  }

  /** A tool serves one message unless it is persistent (O86). */
  messageSent(): void {
    if (this.tool.peek()?.persistent !== true) this.selectTool(null)
  }

  setContent(content: readonly UserMessageContent[]): void {
    this.tags.value = content.filter((part) => part.type === 'input_tag')
    this.text.value = content.flatMap((part) => (part.type === 'input_text' ? [part.text] : [])).join('')
  }

  addReady(attachments: readonly Attachment[]): void {
    const added = attachments.map((attachment): ComposerFile => {
      const preview = attachment.type === 'image' ? { previewUrl: attachment.preview_url } : {}
      return {
        ...this.#newFile(attachment.name, attachment.mime_type),
        ...preview,
        state: 'ready',
        progress: 1,
        attachment,
      }
    })
    this.files.value = [...this.files.peek(), ...added]
  }

  /** Uploads files at once; one that breaks a limit is refused with the rule it breaks (U34). */
  addFiles(files: Iterable<File>): void {
    const limits = this.#around.options.peek().composer.attachments
    const texts = this.#around.messages.peek()
    for (const file of files) {
      if (this.files.peek().length >= limits.maxCount) {
        this.#around.complain(texts.tooManyFiles(limits.maxCount))
        return
      }
      const refused = refusal(file, limits)
      if (refused?.reason === 'size') this.#around.complain(texts.fileTooLarge(file.name, byteSize(refused.limit)))
      else if (refused) this.#around.complain(texts.fileType(file.name, refused.accepted))
      else this.#addFile(file)
    }
  }

  removeFile(key: number): void {
    const file = this.files.peek().find((candidate) => candidate.key === key)
    this.#uploads.get(key)?.abort.abort()
    this.#forget(key)
    this.files.value = this.files.peek().filter((candidate) => candidate.key !== key)
    if (!file?.attachment) return
    this.#around.conversation
      .deleteAttachment(file.attachment.id)
      .catch((cause) => this.#around.complain(this.#around.messages.peek().responseError, cause))
  }

  retryFile(key: number): void {
    const upload = this.#uploads.get(key)
    if (upload) void this.#upload(key, upload.file)
  }

  dispose(): void {
    for (const [key, upload] of this.#uploads) {
      upload.abort.abort()
      this.#forget(key)
    }
    this.files.peek().forEach(freePreview)
  }

  #newFile(name: string, mimeType: string): ComposerFile {
    return { key: this.#nextKey++, name, mimeType, state: 'uploading', progress: 0 }
  }

  #addFile(file: File): void {
    const added = this.#newFile(file.name, file.type || 'application/octet-stream')
    const preview = file.type.startsWith('image/') ? { previewUrl: URL.createObjectURL(file) } : {}
    this.files.value = [...this.files.peek(), { ...added, ...preview }]
    void this.#upload(added.key, file)
  }

  async #upload(key: number, file: File): Promise<void> {
    const abort = new AbortController()
    this.#uploads.set(key, { file, abort })
    this.#change(key, { state: 'uploading', progress: 0 })
    try {
      const attachment = await this.#around.conversation.createAttachment(file, {
        signal: abort.signal,
        onProgress: (progress) => this.#change(key, { progress }),
      })
      if (abort.signal.aborted) return
      this.#uploads.delete(key)
      this.#change(key, { state: 'ready', progress: 1, attachment })
    } catch (cause) {
      if (abort.signal.aborted) return
      const text = this.#around.messages.peek().uploadError(file.name)
      this.#change(key, { state: 'failed', error: cause instanceof Error && cause.message ? cause.message : text })
      this.#around.complain(text, cause)
    }
  }

  #change(key: number, change: Partial<ComposerFile>): void {
    this.files.value = this.files.peek().map((file) => (file.key === key ? { ...file, ...change } : file))
  }

  #forget(key: number): void {
    this.#uploads.delete(key)
    this.files
      .peek()
      .filter((file) => file.key === key)
      .forEach(freePreview)
  }
}

function freePreview(file: ComposerFile): void {
  if (file.previewUrl?.startsWith('blob:')) URL.revokeObjectURL(file.previewUrl)
}

function byteSize(bytes: number): string {
  const [size, unit] =
    bytes >= 1024 * 1024 ? [bytes / 1024 / 1024, 'MB'] : bytes >= 1024 ? [bytes / 1024, 'kB'] : [bytes, 'bytes']
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(size)} ${unit}`
}
