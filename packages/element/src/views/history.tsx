import type { ThreadMetadata } from '@millrace/protocol'
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { IconButton } from './icon-button.tsx'
import { Menu, type MenuEntry } from './menu.tsx'

/** The list of past threads, newest first, read on as it is scrolled (N36). */
export function History() {
  const chat = useChat()
  const texts = chat.messages.value
  const { threads, isLoadingThreads, hasMoreThreads } = chat.state.value
  const panel = useRef<HTMLElement>(null)

  useEffect(() => {
    panel.current?.focus()
  }, [])

  return (
    <section
      class="history"
      part="history"
      aria-label={texts.history}
      aria-busy={isLoadingThreads}
      tabIndex={-1}
      ref={panel}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        chat.hideHistory()
      }}
    >
      <ul class="history-list">
        {threads.map((thread) => (
          <HistoryRow key={thread.id} thread={thread} />
        ))}
      </ul>
      {threads.length === 0 && (
        <p class="history-empty" role="status">
          {isLoadingThreads ? texts.historyLoading : texts.historyEmpty}
        </p>
      )}
      {hasMoreThreads && (
        <button
          type="button"
          class="text-button"
          disabled={isLoadingThreads}
          onClick={() => void chat.quietly(chat.conversation.loadThreads(true))}
        >
          {texts.loadMore}
        </button>
      )}
    </section>
  )
}

function HistoryRow({ thread }: { thread: ThreadMetadata }) {
  const chat = useChat()
  const texts = chat.messages.value
  const { showRename, showDelete } = chat.options.value.history
  const mode = useSignal<'shown' | 'renamed' | 'deleted'>('shown')
  const title = thread.title ?? texts.newThread
  if (mode.value === 'renamed') return <RenameRow thread={thread} onEnd={() => (mode.value = 'shown')} />
  if (mode.value === 'deleted') return <DeleteRow thread={thread} title={title} onEnd={() => (mode.value = 'shown')} />
  const entries: MenuEntry[] = [
    ...(showRename ? [{ label: texts.rename, icon: 'pencil', onSelect: () => (mode.value = 'renamed') }] : []),
    ...(showDelete
      ? [{ label: texts.delete, icon: 'trash', isDangerous: true, onSelect: () => (mode.value = 'deleted') }]
      : []),
  ]
  return (
    <li class="history-row">
      <button
        type="button"
        class="history-open"
        aria-current={thread.id === chat.threadId.value ? 'true' : undefined}
        onClick={() => void chat.chooseThread(thread.id)}
      >
        <span class="history-title" dir="auto">
          {title}
        </span>
        <span class="history-date">{dayOf(thread.created_at, chat.locale.value)}</span>
      </button>
      {entries.length > 0 && (
        <Menu
          label={texts.threadActions(title)}
          align="end"
          entries={entries}
          trigger={(isOpen, toggle) => (
            <IconButton icon="dots-horizontal" label={texts.threadActions(title)} expanded={isOpen} onClick={toggle} />
          )}
        />
      )}
    </li>
  )
}

function RenameRow({ thread, onEnd }: { thread: ThreadMetadata; onEnd: () => void }) {
  const chat = useChat()
  const texts = chat.messages.value
  const input = useRef<HTMLInputElement>(null)
  // Before the paint: who goes on typing must not lose a letter.
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  return (
    <li class="history-row">
      <form
        class="history-edit"
        onSubmit={(event) => {
          event.preventDefault()
          const title = input.current?.value.trim() ?? ''
          if (title !== '' && title !== thread.title)
            void chat.quietly(chat.conversation.renameThread(thread.id, title))
          onEnd()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onEnd()
        }}
      >
        <input
          ref={input}
          class="text-input"
          aria-label={texts.renameThread}
          defaultValue={thread.title ?? ''}
          maxLength={200}
          dir="auto"
        />
        <button type="submit" class="text-button primary">
          {texts.save}
        </button>
        <button type="button" class="text-button" onClick={onEnd}>
          {texts.cancel}
        </button>
      </form>
    </li>
  )
}

function DeleteRow({ thread, title, onEnd }: { thread: ThreadMetadata; title: string; onEnd: () => void }) {
  const chat = useChat()
  const texts = chat.messages.value
  const cancel = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    cancel.current?.focus()
  }, [])
  return (
    <li class="history-row">
      <fieldset
        class="history-edit"
        aria-label={texts.deleteQuestion(title)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          onEnd()
        }}
      >
        <span class="history-question" dir="auto">
          {texts.deleteQuestion(title)}
        </span>
        <button
          type="button"
          class="text-button danger"
          onClick={() => {
            onEnd()
            void chat.quietly(chat.conversation.deleteThread(thread.id))
          }}
        >
          {texts.delete}
        </button>
        <button type="button" class="text-button" ref={cancel} onClick={onEnd}>
          {texts.cancel}
        </button>
      </fieldset>
    </li>
  )
}

/** Today's threads show the time, others the day. Times without a zone are read as UTC. */
function dayOf(created: string, locale: string): string {
  const date = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(created) ? created : `${created}Z`)
  if (Number.isNaN(date.getTime())) return ''
  const now = new Date()
  if (date.toDateString() === now.toDateString())
    return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(date)
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(date)
}
