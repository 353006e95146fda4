'use client'

import { StreamingMarkdown, useConversation } from '@millrace/react'
import { useEffect } from 'react'
import { AskForm } from '../../../components/hooks/ask-form.tsx'
import { Facts } from '../../../components/hooks/facts.tsx'
import { useSettings } from '../../../components/settings-provider.tsx'

type Item = ReturnType<typeof useConversation>['items'][number]

/** Where this tab remembers the open thread. */
const KEY = 'example-conversation'

function remember(threadId: string | null): void {
  if (threadId === null) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, threadId)
}

/** The thread of `/chat` is another one: both are threads of the same server, and of the same guest. */
export function ConversationAnswers() {
  const { apiUrl } = useSettings()
  const { items, isLoading, isResponding, error, connection, send, stop, retry, openThread } = useConversation({
    url: `${apiUrl}/chatkit`,
    onEvent: (event) => event.type === 'thread.change' && remember(event.threadId),
  })
  // Goes on with its answer, too. What fails is in `error`, here and below.
  useEffect(() => {
    const threadId = sessionStorage.getItem(KEY)
    if (threadId) openThread(threadId).catch(() => {})
  }, [openThread])
  return (
    <>
      <section className="answer" aria-label="Conversation" aria-busy={isLoading}>
        {items.map((item, index) => (
          <Said key={item.id} item={item} isStreaming={isResponding && index === items.length - 1} />
        ))}
      </section>
      {error && (
        <div role="alert">
          <p>{error.message ?? 'Something went wrong. Try again.'}</p>
          {error.allowRetry && (
            <button type="button" onClick={() => retry().catch(() => {})}>
              Try again
            </button>
          )}
        </div>
      )}
      <AskForm
        isStreaming={isResponding}
        onSend={(text) => send({ content: [{ type: 'input_text', text }] }).catch(() => {})}
        onStop={stop}
      >
        <button type="button" onClick={() => openThread(null)}>
          New chat
        </button>
      </AskForm>
      <Facts facts={{ Connection: connection, Items: items.length }} />
    </>
  )
}

function Said({ item, isStreaming }: { item: Item; isStreaming: boolean }) {
  if (item.type === 'user_message') {
    return <p className="asked">{item.content.map(({ text }) => text).join('')}</p>
  }
  if (item.type !== 'assistant_message') return null
  const text = item.content.map((part) => part.text).join('\n\n')
  return <StreamingMarkdown className="markdown" text={text} isStreaming={isStreaming} />
}
