import { useEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import type { HeaderAction } from '../options.ts'
import { IconButton } from './icon-button.tsx'

/** Title, history and new chat, and up to one button of the page on each side (O60–O63). */
export function Header() {
  const chat = useChat()
  const { header, history } = chat.options.value
  const texts = chat.messages.value
  const isHistoryOpen = chat.isHistoryOpen.value
  const hasThread = chat.threadId.value !== null || chat.hasItems.value
  const historyButton = useRef<HTMLButtonElement>(null)
  const wasOpen = useRef(false)

  // Whoever closes the history by keyboard goes on where they were.
  useEffect(() => {
    if (wasOpen.current && !isHistoryOpen) historyButton.current?.focus()
    wasOpen.current = isHistoryOpen
  }, [isHistoryOpen])

  if (!header.enabled) return null
  const title = isHistoryOpen
    ? texts.history
    : (header.title.text ?? (hasThread ? (chat.thread.value?.title ?? texts.newThread) : ''))
  return (
    <div class="header" part="header">
      <div class="header-side">
        {header.leftAction && <PageAction action={header.leftAction} />}
        {history.enabled && (
          <IconButton
            icon={isHistoryOpen ? 'back-large' : 'history'}
            label={isHistoryOpen ? texts.closeHistory : texts.history}
            onClick={() => (isHistoryOpen ? chat.hideHistory() : chat.showHistory())}
            buttonRef={historyButton}
            part="history-button"
          />
        )}
      </div>
      {header.title.enabled && title !== '' && (
        <h2 class="header-title" part="title" dir="auto">
          {title}
        </h2>
      )}
      <div class="header-side end">
        {hasThread && (
          <IconButton icon="compose" label={texts.newChat} onClick={() => chat.newChat()} part="new-chat-button" />
        )}
        {header.rightAction && <PageAction action={header.rightAction} />}
      </div>
    </div>
  )
}

function PageAction({ action }: { action: HeaderAction }) {
  const chat = useChat()
  return (
    <IconButton
      icon={action.icon}
      label={chat.messages.value.headerAction(action.icon)}
      onClick={() => chat.callPage(action.onClick)}
      part="header-action"
    />
  )
}
