import { useChat } from '../chat-context.ts'
import { MarkdownText } from '../items/markdown-text.tsx'

/** One line of small print below the composer (O30, O31). */
export function Disclaimer() {
  const { disclaimer } = useChat().options.value
  if (!disclaimer) return null
  return (
    <div class={disclaimer.highContrast ? 'disclaimer strong' : 'disclaimer'} part="disclaimer">
      <MarkdownText text={disclaimer.text} />
    </div>
  )
}
