import { useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { Tail } from './tail.tsx'
import { useTranscriptScroll } from './transcript-scroll.ts'
import { TurnView } from './turn-view.tsx'

/** The thread's items in turns, newest at the bottom. */
export function TranscriptView() {
  const chat = useChat()
  const texts = chat.messages.value
  const turns = chat.transcript.turns.value
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const scroll = useTranscriptScroll(chat, turns, scroller, content)
  const anchored = scroll.anchoredTurn.value
  return (
    <div class="thread">
      <section
        class="scroller"
        ref={scroller}
        onScroll={scroll.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={texts.conversation}
      >
        {/* New text is told by the announcer, a sentence at a time; a live log would read every token (A1). */}
        <div
          class="transcript"
          part="transcript"
          role="log"
          aria-live="off"
          aria-busy={chat.isResponding.value}
          aria-label={texts.conversation}
          ref={content}
        >
          {chat.hasOlder.value && turns.length > 0 && (
            <div class="older">
              <span class="spinner" role="img" aria-label={texts.loading} />
            </div>
          )}
          {turns.length === 0 && chat.isLoading.value && <Skeleton label={texts.loading} />}
          {turns.map((turn, index) => (
            <TurnView
              key={turn.key}
              turn={turn}
              isLast={index === turns.length - 1}
              isAnchored={turn.key === anchored}
            />
          ))}
          {turns.length === 0 && !chat.isLoading.value && <Tail />}
        </div>
      </section>
      {!scroll.isAtBottom.value && (
        <button
          type="button"
          class="to-latest"
          aria-label={texts.showLatest}
          title={texts.showLatest}
          onClick={scroll.goToBottom}
        >
          <Icon name="arrow-down" size={18} />
        </button>
      )}
    </div>
  )
}

function Skeleton({ label }: { label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      <span class="skeleton-bubble" />
      <span />
      <span />
      <span class="short" />
    </div>
  )
}
