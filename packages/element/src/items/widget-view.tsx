import type { WidgetItem } from '@millrace/protocol'
import { useSignal } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { formValues, mergePayload } from '../widgets/forms.ts'
import { isNode, labelledFields } from '../widgets/node.ts'
import { NodeView } from '../widgets/widget-nodes.tsx'
import { type WidgetScope, WidgetScopeProvider } from '../widgets/widget-scope.ts'

/** A widget in the thread: drawn from its JSON, its actions carried out by the chat (§4). */
export function WidgetView({ item }: { item: WidgetItem; isLive: boolean }) {
  const chat = useChat()
  const isBusy = useSignal(false)
  // Actions run long after they were drawn: they name the item as it is then.
  const newest = useRef(item)
  newest.current = item
  const busy = isBusy.value
  const scope = useMemo(
    (): WidgetScope => ({
      item,
      labelled: isNode(item.widget) ? labelledFields(item.widget) : new Set(),
      run: async (action, { widgetType, auto, element, own, setLoading }) => {
        const form = element?.closest('form')
        const values = form ? formValues(form) : own ? { [own.name]: own.value } : {}
        const { payload, lost } = mergePayload(action.payload, values)
        for (const name of lost) {
          chat.report(
            new Error(
              `The form value "${name}" was left out: the payload of the action "${action.type}" sets it already.`,
            ),
          )
        }
        const place = action.loadingBehavior && action.loadingBehavior !== 'auto' ? action.loadingBehavior : auto
        const show = (isLoading: boolean) => {
          if (place === 'container') isBusy.value = isLoading
          else if (place === 'self') setLoading?.(isLoading)
        }
        show(true)
        try {
          await chat.runAction(newest.current, action, payload, widgetType)
        } finally {
          show(false)
        }
      },
    }),
    [item, chat],
  )
  if (!isNode(item.widget)) return null
  return (
    <WidgetScopeProvider value={scope}>
      <div class={busy ? 'widget busy' : 'widget'} part="widget" inert={busy} aria-busy={busy}>
        <NodeView node={item.widget} />
      </div>
    </WidgetScopeProvider>
  )
}
