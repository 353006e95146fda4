import type { StructuredInputItem } from '@millrace/protocol'
import { useChat } from '../chat-context.ts'

/** What was asked and answered, kept in the thread; while it waits, the composer asks (P37, P38). */
export function StructuredInputRecord({ item }: { item: StructuredInputItem; isLive: boolean }) {
  const texts = useChat().messages.value
  if (item.status === 'pending') return null
  return (
    <dl class="input-record" part="structured-input">
      {item.inputs.map((input) => (
        <div key={input.id}>
          <dt dir="auto">{input.question}</dt>
          <dd dir="auto" class={input.answer && !input.answer.skipped ? undefined : 'skipped'}>
            {input.answer && !input.answer.skipped ? input.answer.values?.join(', ') : texts.skipped}
          </dd>
        </div>
      ))}
    </dl>
  )
}
