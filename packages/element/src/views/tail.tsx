import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'

/** What stands at the end of the thread for the moment: the working or progress line (P41), or why the response failed (P42). */
export function Tail() {
  const chat = useChat()
  const texts = chat.messages.value
  const progress = chat.progress.value
  const error = chat.error.value
  if (progress) {
    return (
      <div class="progress-line" part="progress" role="status">
        {progress.icon ? <Icon name={progress.icon} /> : <span class="working-dot" />}
        <span class="shimmer" dir="auto">
          {progress.text}
        </span>
      </div>
    )
  }
  if (chat.isWaiting.value) {
    return (
      <div class="progress-line" part="progress">
        <span class="working-dot" />
        <span class="shimmer">{texts.working}</span>
      </div>
    )
  }
  if (!error) return null
  return (
    <div class="error" part="error" role="alert">
      <Icon name="circle-alert" />
      <div class="message-text" dir="auto">
        {error.message ?? texts.responseError}
      </div>
      {error.allowRetry && (
        <button
          type="button"
          class="text-button"
          onClick={() => void chat.quietly(chat.conversation.retry(error.retryItemId))}
        >
          <Icon name="reload" size={16} />
          {texts.retry}
        </button>
      )}
    </div>
  )
}
