import { StreamingMarkdown, useConversation } from '@millrace/react'
import { AskForm } from '../parts/ask-form.tsx'
import { showPage } from '../parts/show-page.tsx'

type Item = ReturnType<typeof useConversation>['items'][number]

function Said({ item, isStreaming }: { item: Item; isStreaming: boolean }) {
  if (item.type === 'user_message') {
    return <p className="asked">{item.content.map(({ text }) => text).join('')}</p>
  }
  if (item.type !== 'assistant_message') return null
  const text = item.content.map((part) => part.text).join('\n\n')
  return <StreamingMarkdown text={text} isStreaming={isStreaming} className="markdown" />
}

function Conversation() {
  const { items, isResponding, error, send, stop, openThread } = useConversation({ url: '/chatkit' })
  return (
    <>
      <section className="answer" aria-label="Conversation">
        {items.map((item, index) => (
          <Said key={item.id} item={item} isStreaming={isResponding && index === items.length - 1} />
        ))}
      </section>
      {error && <p role="alert">{error.message ?? 'Something went wrong. Try again.'}</p>}
      <AskForm
        isStreaming={isResponding}
        // What fails is in `error`.
        onSend={(text) => send({ content: [{ type: 'input_text', text }] }).catch(() => {})}
        onStop={stop}
        message="Count to 20"
      />
      <button type="button" onClick={() => openThread(null)}>
        New chat
      </button>
    </>
  )
}

showPage('conversation', Conversation)
