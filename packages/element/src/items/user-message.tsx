import type { Attachment, UserMessageContent, UserMessageItem } from '@millrace/protocol'
import type { Entity } from '@openai/chatkit'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { fileKind } from '../views/composer-chips.tsx'
import { useOwnImage } from '../views/own-image.ts'

/** A bubble with the text as it was typed; attachments and a quote stand above it (P10). */
export function UserMessage({ item }: { item: UserMessageItem }) {
  const texts = useChat().messages.value
  const attachments = item.attachments ?? []
  return (
    <div class="user-message" part="message-user">
      <span class="hidden-text">{texts.you}</span>
      {attachments.length > 0 && (
        <div class="user-attachments">
          {attachments.map((attachment) => (
            <AttachmentView key={attachment.id} attachment={attachment} />
          ))}
        </div>
      )}
      {(item.content.length > 0 || item.quoted_text) && (
        <div class="bubble">
          {item.quoted_text && (
            <blockquote class="bubble-quote" dir="auto">
              {item.quoted_text}
            </blockquote>
          )}
          <div class="bubble-text" dir="auto">
            {item.content.map((part, index) => (
              <ContentPart key={index} part={part} />
            ))}
          </div>
        </div>
      )}
    </div>
  )
}

function ContentPart({ part }: { part: UserMessageContent }) {
  const chat = useChat()
  if (part.type === 'input_text') return <>{part.text}</>
  const { onClick } = chat.options.value.entities
  if (!part.interactive || !onClick) return <span class="tag">{part.text}</span>
  return (
    <button type="button" class="tag interactive" onClick={() => chat.callPage(() => onClick(entityOf(part)))}>
      {part.text}
    </button>
  )
}

function entityOf(tag: Extract<UserMessageContent, { type: 'input_tag' }>): Entity {
  return {
    id: tag.id,
    title: tag.text,
    interactive: true,
    ...(tag.group ? { group: tag.group } : {}),
    data: (tag.data ?? {}) as Record<string, string>,
  }
}

function AttachmentView({ attachment }: { attachment: Attachment }) {
  const preview = useOwnImage(attachment.type === 'image' ? attachment.preview_url : undefined)
  if (attachment.type === 'image') {
    return <img class="user-image" src={preview} alt={attachment.name} part="attachment" />
  }
  return (
    <span class="user-file" part="attachment">
      <Icon name="document" size={20} />
      <span class="file-name">
        <span dir="auto">{attachment.name}</span>
        <span class="file-state">{fileKind(attachment.mime_type, attachment.name)}</span>
      </span>
    </span>
  )
}
