import type { ThreadItem } from '@millrace/protocol'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import type { Turn } from '../transcript.ts'
import { IconButton } from './icon-button.tsx'

const copiedForMs = 1500

/** Copy, feedback and retry under a finished turn. While it streams the row keeps its place unseen, so that its end moves nothing. */
export function TurnActions({ turn, isLive }: { turn: Turn; isLive: boolean }) {
  const chat = useChat()
  const { feedback, retry } = chat.options.value.threadItemActions
  const texts = chat.messages.value
  const isCopied = useSignal(false)
  useEffect(() => {
    if (!isCopied.value) return undefined
    const timer = setTimeout(() => (isCopied.value = false), copiedForMs)
    return () => clearTimeout(timer)
  }, [isCopied.value])

  // Peeked at: what this row shows depends on which items there are, not on their text, so a token doesn't draw it again.
  const items = turn.cells.map((cell) => cell.item.peek())
  const answer = items.filter((item) => isVisibleAnswer(item))
  if (answer.length === 0) return null
  const rated = answer.map((item) => chat.feedback.value[item.id]).find((kind) => kind !== undefined)
  const userMessage = turn.cells.find((cell) => cell.item.peek().type === 'user_message')

  const copy = async () => {
    chat.emit('chatkit.log', { name: 'message.action', data: { action: 'copy' } })
    await navigator.clipboard.writeText(copyText(turn.cells.map((cell) => cell.item.peek())))
    isCopied.value = true
  }
  return (
    <div class={isLive ? 'turn-actions waiting' : 'turn-actions'} part="turn-actions">
      <IconButton
        icon={isCopied.value ? 'check' : 'copy'}
        size={16}
        className="small"
        label={isCopied.value ? texts.copied : texts.copy}
        onClick={() => void chat.quietly(copy())}
      />
      {feedback &&
        (['positive', 'negative'] as const).map((kind) => (
          <IconButton
            key={kind}
            icon={kind === 'positive' ? 'thumbs-up' : 'thumbs-down'}
            size={16}
            className="small"
            label={kind === 'positive' ? texts.goodResponse : texts.badResponse}
            pressed={rated === kind}
            onClick={() => void chat.rate(turn, kind)}
          />
        ))}
      {retry && userMessage && (
        <IconButton
          icon="reload"
          size={16}
          className="small"
          label={texts.retryResponse}
          disabled={chat.isResponding.value}
          onClick={() => {
            chat.emit('chatkit.log', { name: 'message.action', data: { action: 'retry' } })
            void chat.quietly(chat.conversation.retry(userMessage.item.peek().id))
          }}
        />
      )}
    </div>
  )
}

function isVisibleAnswer(item: ThreadItem): boolean {
  return ['assistant_message', 'widget', 'generated_image', 'workflow', 'task'].includes(item.type)
}

/** The texts of the turn's answers and what its widgets offer for copying (O102, W44). */
function copyText(items: readonly ThreadItem[]): string {
  return items
    .flatMap((item) => {
      if (item.type === 'assistant_message') return item.content.map((part) => part.text)
      return item.type === 'widget' && item.copy_text ? [item.copy_text] : []
    })
    .join('\n\n')
}
