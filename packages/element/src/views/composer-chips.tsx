import { useSignal } from '@preact/signals'
import { useChat } from '../chat-context.ts'
import type { ComposerFile } from '../composer-state.ts'
import { Icon } from '../icons/icon.tsx'
import { IconButton } from './icon-button.tsx'
import { useOwnImage } from './own-image.ts'

/** What goes along with the text: a quote, tags, files. */
export function ComposerChips() {
  const chat = useChat()
  const { composer } = chat
  const texts = chat.messages.value
  const quote = composer.quote.value
  const tags = composer.tags.value
  const files = composer.files.value
  if (quote === '' && tags.length === 0 && files.length === 0) return null
  return (
    <div class="composer-chips">
      {quote !== '' && (
        <div class="quote-chip">
          <Icon name="quote" size={14} />
          <span dir="auto">{quote}</span>
          <IconButton
            icon="close"
            size={14}
            className="small"
            label={texts.removeQuote}
            onClick={() => {
              composer.quote.value = ''
            }}
          />
        </div>
      )}
      {tags.map((tag) => (
        <span key={tag.id} class="tag-chip">
          <span dir="auto">{tag.text}</span>
          <IconButton
            icon="close"
            size={14}
            className="small"
            label={texts.removeTag(tag.text)}
            onClick={() => {
              composer.tags.value = composer.tags.value.filter((candidate) => candidate !== tag)
            }}
          />
        </span>
      ))}
      {files.length > 0 && (
        <ul class="file-chips" aria-label={texts.attachments}>
          {files.map((file) => (
            <li key={file.key}>
              <FileChip file={file} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function FileChip({ file }: { file: ComposerFile }) {
  const chat = useChat()
  const texts = chat.messages.value
  const state = {
    uploading: texts.uploading(file.name),
    failed: file.error ?? texts.uploadError(file.name),
    ready: '',
  }[file.state]
  return (
    <div class={`file-chip ${file.state}`} part="attachment" title={state || file.name}>
      {file.previewUrl ? <Thumbnail url={file.previewUrl} /> : <FileIcon />}
      <span class="file-name">
        <span dir="auto">{file.name}</span>
        <span class="file-state">{file.state === 'failed' ? state : fileKind(file.mimeType, file.name)}</span>
      </span>
      {file.state === 'failed' && (
        <IconButton
          icon="reload"
          size={16}
          className="small"
          label={texts.retryUpload(file.name)}
          onClick={() => chat.composer.retryFile(file.key)}
        />
      )}
      <IconButton
        icon="close"
        size={16}
        className="small"
        label={texts.removeAttachment(file.name)}
        onClick={() => {
          chat.composer.removeFile(file.key)
          chat.focusInput()
        }}
      />
      {file.state === 'uploading' && (
        <progress class="file-progress" aria-label={state} value={file.progress} max={1} />
      )}
    </div>
  )
}

/** The image itself, or a file's icon where the browser can't show it. */
function Thumbnail({ url }: { url: string }) {
  const failed = useSignal('')
  const shown = useOwnImage(url)
  if (failed.value === url) return <FileIcon />
  return (
    <img
      src={shown}
      alt=""
      onError={() => {
        failed.value = url
      }}
    />
  )
}

function FileIcon() {
  return (
    <span class="file-icon">
      <Icon name="document" size={20} />
    </span>
  )
}

/** What kind of file it is, shortly: its extension, else its media type. */
export function fileKind(mimeType: string, name: string): string {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]
  return (extension ?? mimeType.split('/').at(-1) ?? '').toUpperCase()
}
