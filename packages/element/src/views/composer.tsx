import { useEffect, useId, useRef } from 'preact/hooks'
import { acceptList } from '../attachment-limits.ts'
import type { Chat } from '../chat.ts'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { ComposerChips } from './composer-chips.tsx'
import { ComposerInput } from './composer-input.tsx'
import { IconButton } from './icon-button.tsx'
import { Menu, type MenuEntry } from './menu.tsx'

/** Where a message is written: chips, input, menus, and send or stop in one place (§5.3). */
export function Composer() {
  const chat = useChat()
  const { composer } = chat
  const { tools, models } = chat.options.value.composer
  const status = chat.thread.value?.status
  const isLocked = status?.type === 'locked'
  const texts = chat.messages.value
  const input = useRef<HTMLTextAreaElement>(null)

  useEffect(() => {
    chat.focusInput = () => input.current?.focus()
    return () => {
      chat.focusInput = () => {}
    }
  }, [chat])

  const placeholder = isLocked
    ? (status.reason ?? texts.threadLocked)
    : (composer.tool.value?.placeholderOverride ?? chat.options.value.composer.placeholder ?? texts.placeholder)
  const hasBar = models.length > 0 || tools.length > 0
  return (
    <form
      class={hasBar ? 'composer has-bar' : 'composer'}
      part="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void chat.sendDraft()
      }}
      // The whole box is the target: a click beside the text means the text.
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        input.current?.focus()
      }}
    >
      <ComposerChips />
      <div class="composer-lead">
        <PlusMenu isLocked={isLocked} />
        <PinnedTools isLocked={isLocked} />
        <SelectedTool />
        <ModelMenu />
      </div>
      <ComposerInput
        inputRef={input}
        placeholder={placeholder}
        isLocked={isLocked}
        onSubmit={() => void chat.sendDraft()}
      />
      <SendOrStop isLocked={isLocked} />
    </form>
  )
}

/** Send and stop share one place; a running response that can't be stopped leaves a disabled send button (P52). */
function SendOrStop({ isLocked }: { isLocked: boolean }) {
  const chat = useChat()
  const texts = chat.messages.value
  const isResponding = chat.isResponding.value
  if (isResponding && chat.canStop.value) {
    return (
      <button
        type="button"
        class="send stop"
        part="stop-button"
        aria-label={texts.stop}
        title={texts.stop}
        onClick={() => {
          void chat.quietly(chat.conversation.stop())
          chat.focusInput()
        }}
      >
        <Icon name="stop" size={14} />
      </button>
    )
  }
  const canSend = chat.composer.hasContent.value && !chat.composer.isUploading.value && !isResponding && !isLocked
  return (
    <button
      type="submit"
      class="send"
      part="send-button"
      aria-label={texts.send}
      title={texts.send}
      disabled={!canSend}
    >
      <Icon name="arrow-up" size={20} />
    </button>
  )
}

function PlusMenu({ isLocked }: { isLocked: boolean }) {
  const chat = useChat()
  const { attachments, tools } = chat.options.value.composer
  const texts = chat.messages.value
  const picker = useRef<HTMLInputElement>(null)
  const pickerId = useId()
  if (!attachments.enabled && tools.length === 0) return null
  const attach = () => picker.current?.click()
  const entries: MenuEntry[] = [
    ...(attachments.enabled ? [{ label: texts.attach, icon: 'paperclip', onSelect: attach }] : []),
    ...tools.map((tool) => ({
      label: tool.label,
      icon: tool.icon,
      isChecked: chat.composer.toolId.value === tool.id,
      onSelect: () => toggleTool(chat, tool.id, 'toolMenu'),
    })),
  ]
  return (
    <>
      {tools.length === 0 ? (
        <IconButton icon="plus" size={20} label={texts.attach} onClick={attach} disabled={isLocked} />
      ) : (
        <Menu
          label={texts.more}
          align="start"
          entries={entries}
          trigger={(isOpen, toggle) => (
            <IconButton
              icon="plus"
              size={20}
              label={texts.more}
              expanded={isOpen}
              onClick={toggle}
              disabled={isLocked}
            />
          )}
        />
      )}
      {attachments.enabled && (
        <input
          ref={picker}
          id={pickerId}
          class="hidden-text"
          type="file"
          multiple
          tabIndex={-1}
          aria-label={texts.attach}
          accept={attachments.accept && acceptList(attachments.accept).join(',')}
          onChange={(event) => {
            chat.composer.addFiles(event.currentTarget.files ?? [])
            event.currentTarget.value = ''
            chat.focusInput()
          }}
        />
      )}
    </>
  )
}

function PinnedTools({ isLocked }: { isLocked: boolean }) {
  const chat = useChat()
  const pinned = chat.options.value.composer.tools.filter(
    (tool) => tool.pinned && tool.id !== chat.composer.toolId.value,
  )
  return (
    <>
      {pinned.map((tool) => (
        <IconButton
          key={tool.id}
          icon={tool.icon}
          label={tool.label}
          disabled={isLocked}
          onClick={() => toggleTool(chat, tool.id, 'pinned')}
        />
      ))}
    </>
  )
}

function SelectedTool() {
  const chat = useChat()
  const tool = chat.composer.tool.value
  if (!tool) return null
  return (
    <button
      type="button"
      class="tool-chip"
      aria-label={chat.messages.value.removeTool(tool.label)}
      title={chat.messages.value.removeTool(tool.label)}
      onClick={() => {
        chat.composer.selectTool(null)
        chat.focusInput()
      }}
    >
      <Icon name={tool.icon} size={16} />
      {tool.shortLabel ?? tool.label}
      <Icon name="close" size={14} />
    </button>
  )
}

function ModelMenu() {
  const chat = useChat()
  const { models } = chat.options.value.composer
  const selected = chat.composer.model.value
  const texts = chat.messages.value
  if (models.length === 0) return null
  return (
    <Menu
      label={texts.model}
      heading={texts.model}
      align="start"
      entries={models.map((model) => ({
        label: model.label,
        ...(model.description ? { detail: model.description } : {}),
        isChecked: model.id === selected?.id,
        isDisabled: model.disabled === true,
        onSelect: () => chat.composer.selectModel(model.id),
      }))}
      trigger={(isOpen, toggle) => (
        <button
          type="button"
          class="model-button"
          aria-haspopup="menu"
          aria-expanded={isOpen}
          aria-label={selected ? `${texts.model}: ${selected.label}` : texts.model}
          onClick={toggle}
        >
          {selected?.label ?? texts.model}
          <Icon name="chevron-down" size={14} />
        </button>
      )}
    />
  )
}

function toggleTool(chat: Chat, toolId: string, source: string): void {
  const next = chat.composer.toolId.peek() === toolId ? null : toolId
  chat.emit('chatkit.log', { name: 'composer.tool.select', data: { toolId: next, source } })
  chat.composer.selectTool(next)
  chat.focusInput()
}
