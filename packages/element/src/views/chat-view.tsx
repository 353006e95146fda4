import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Chat } from '../chat.ts'
import { ChatProvider, useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { EnlargedImage } from '../items/generated-image.tsx'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { Disclaimer } from './disclaimer.tsx'
import { Header } from './header.tsx'
import { History } from './history.tsx'
import { Messages } from './notices.tsx'
import { StartScreen } from './start-screen.tsx'
import { StructuredInput } from './structured-input.tsx'
import { Tail } from './tail.tsx'
import { TranscriptView } from './transcript-view.tsx'

/** The whole chat: header, then history over the thread or the start screen, then the composer. */
export function ChatView({ chat }: { chat: Chat }) {
  return (
    <ChatProvider value={chat}>
      <Header />
      <Body />
      <EnlargedImage />
      <Announcer />
    </ChatProvider>
  )
}

function Body() {
  const chat = useChat()
  const isHistoryOpen = chat.isHistoryOpen.value
  const isStart = chat.threadId.value === null && !chat.hasItems.value && !chat.isLoading.value
  const drop = useFileDrop(chat)
  return (
    <div class="body" {...drop.handlers}>
      {isHistoryOpen && <History />}
      {/* The thread stays as it is behind the history: scroll position, draft and a running answer are kept. */}
      <div class={isStart ? 'main start' : 'main'} inert={isHistoryOpen}>
        {isStart ? <StartScreen /> : <TranscriptView />}
        <div class="foot">
          {/* A first message that was refused is back in the composer, and why stands above it. */}
          {isStart && <Tail />}
          <Messages />
          <Foot />
          <Disclaimer />
        </div>
      </div>
      {drop.isOver.value && (
        <div class="drop-zone" aria-hidden="true">
          <Icon name="upload" size={24} />
          {chat.messages.value.dropFiles}
        </div>
      )}
    </div>
  )
}

/** What a person answers with: the composer, the questions that wait (P37), or nothing in a closed thread (N82). */
function Foot() {
  const chat = useChat()
  const status = chat.thread.value?.status
  const pending = chat.pendingInput.value
  if (status?.type === 'closed') {
    return (
      <p class="closed-banner" part="closed">
        {status.reason ?? chat.messages.value.threadClosed}
      </p>
    )
  }
  return pending ? <StructuredInput key={pending.id} item={pending} /> : <Composer />
}

/** Files dropped anywhere over the chat become attachments. */
function useFileDrop(chat: Chat) {
  const isOver = useSignal(false)
  // A drag enters and leaves every child on its way: only the balance tells whether it is still over the chat.
  const depth = useRef(0)
  const hasFiles = (event: DragEvent) =>
    chat.options.peek().composer.attachments.enabled && event.dataTransfer?.types.includes('Files') === true
  const move = (step: number) => {
    depth.current = Math.max(0, depth.current + step)
    isOver.value = depth.current > 0
  }
  return {
    isOver,
    handlers: {
      onDragEnter: (event: DragEvent) => hasFiles(event) && move(1),
      onDragLeave: (event: DragEvent) => hasFiles(event) && move(-1),
      onDragOver: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      onDrop: (event: DragEvent) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current = 0
        isOver.value = false
        chat.composer.addFiles(event.dataTransfer?.files ?? [])
      },
    },
  }
}
