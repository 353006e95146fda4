import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { useChat } from '../chat-context.ts'

interface ComposerInputProps {
  inputRef: RefObject<HTMLTextAreaElement>
  placeholder: string
  isLocked: boolean
  onSubmit: () => void
}

/** Grows with its text to a limit. Enter sends, Shift+Enter breaks the line, and an input method's Enter does neither (P50). */
export function ComposerInput({ inputRef, placeholder, isLocked, onSubmit }: ComposerInputProps) {
  const chat = useChat()
  const { composer } = chat
  const text = composer.text.value

  useLayoutEffect(() => {
    const input = inputRef.current
    // The stylesheet lets browsers with `field-sizing` do this without a layout per key.
    if (!input || CSS.supports('field-sizing', 'content')) return
    input.style.height = 'auto'
    input.style.height = `${input.scrollHeight}px`
  }, [text, inputRef])

  return (
    <textarea
      ref={inputRef}
      class="composer-input"
      part="composer-input"
      rows={1}
      dir="auto"
      enterkeyhint="send"
      autocomplete="off"
      aria-label={placeholder}
      placeholder={placeholder}
      disabled={isLocked}
      value={text}
      onInput={(event) => {
        composer.text.value = event.currentTarget.value
      }}
      onKeyDown={(event) => {
        // 229 is what Safari reports for the Enter that ends a composition, after `isComposing` is false again.
        const isComposing = event.isComposing || event.keyCode === 229
        if (event.key !== 'Enter' || event.shiftKey || isComposing) return
        event.preventDefault()
        onSubmit()
      }}
      onPaste={(event) => {
        const files = event.clipboardData?.files
        if (!files?.length || !chat.options.peek().composer.attachments.enabled) return
        event.preventDefault()
        composer.addFiles(files)
      }}
    />
  )
}
