import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { MarkdownText } from '../items/markdown-text.tsx'
import { IconButton } from './icon-button.tsx'

const levelIcons = { info: 'info', warning: 'triangle-alert', danger: 'circle-alert' } as const

/** What stands above the composer: the state of the connection, notices of the server (N72), problems of this page. */
export function Messages() {
  const chat = useChat()
  const texts = chat.messages.value
  const connection = chat.connection.value
  return (
    <div class="messages">
      {connection !== 'online' && (
        <div class="message" role="status">
          {connection === 'offline' ? <Icon name="wifi-off" /> : <span class="spinner" />}
          <div class="message-text">{connection === 'offline' ? texts.offline : texts.reconnecting}</div>
        </div>
      )}
      {chat.notices.value.map((notice, index) => (
        <div key={index} class={`message ${notice.level}`} role="status" part="notice">
          <Icon name={levelIcons[notice.level]} />
          <div class="message-text">
            {notice.title && <strong>{notice.title}</strong>}
            <MarkdownText text={notice.message} />
          </div>
          <IconButton
            icon="close"
            size={16}
            className="small"
            label={texts.dismiss}
            onClick={() => chat.conversation.dismissNotice(index)}
          />
        </div>
      ))}
      {chat.complaints.value.map((complaint) => (
        <div key={complaint.key} class="message danger" role="alert">
          <Icon name="circle-alert" />
          <div class="message-text">{complaint.text}</div>
          <IconButton
            icon="close"
            size={16}
            className="small"
            label={texts.dismiss}
            onClick={() => chat.dismissComplaint(complaint.key)}
          />
        </div>
      ))}
    </div>
  )
}
