import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import { actionOf, childrenOf, flag, isRecord, nodeKey, oneOf, optionalText, text, type WidgetNode } from './node.ts'
import { boxStyle } from './values.ts'
import { Children, NodeView } from './widget-nodes.tsx'
import { useWidgetScope } from './widget-scope.ts'

const automaticLimit = 5

/** A bounded box with an optional line above, and confirm and cancel below; `asForm` gives its fields to them. */
export function Card({ node }: { node: WidgetNode }) {
  const isForm = flag(node.asForm)
  const className = `w-card w-card-${oneOf(node.size, ['sm', 'md', 'lg', 'full'], 'md')}`
  const body = flag(node.collapsed) ? null : (
    <div class="w-card-body" style={boxStyle(node)}>
      <Children of={node} />
    </div>
  )
  const inner = (
    <>
      <Status status={node.status} />
      {body}
      <CardButtons node={node} isForm={isForm} />
    </>
  )
  const shared = { class: className, ...scheme(node) }
  return isForm ? (
    <form {...shared} onSubmit={(event) => event.preventDefault()}>
      {inner}
    </form>
  ) : (
    <div {...shared}>{inner}</div>
  )
}

function CardButtons({ node, isForm }: { node: WidgetNode; isForm: boolean }) {
  const scope = useWidgetScope()
  const buttons = useRef<HTMLDivElement>(null)
  const sides = [
    { name: 'cancel' as const, given: node.cancel },
    { name: 'confirm' as const, given: node.confirm },
  ].flatMap(({ name, given }) => {
    const action = isRecord(given) ? actionOf(given.action) : undefined
    return action && isRecord(given) ? [{ name, label: text(given.label), action }] : []
  })
  if (sides.length === 0) return null
  return (
    <div class="w-card-buttons" ref={buttons}>
      {sides.map(({ name, label, action }) => (
        <button
          key={name}
          type="button"
          class={`w-button size-lg pill ${name === 'confirm' ? 'solid w-primary' : 'outline w-secondary'}`}
          onClick={() => {
            const form = buttons.current?.closest('form')
            if (name === 'confirm' && isForm && form && !form.reportValidity()) return
            void scope.run(action, { widgetType: 'Card', auto: 'container', element: buttons.current })
          }}
        >
          {label}
        </button>
      ))}
    </div>
  )
}

/** Rows, of which those past the limit are shown on request. */
export function ListView({ node }: { node: WidgetNode }) {
  const texts = useChat().messages.value
  const isWhole = useSignal(false)
  const items = childrenOf(node)
  const limit = typeof node.limit === 'number' ? node.limit : node.limit === 'auto' ? automaticLimit : items.length
  const shown = isWhole.value ? items : items.slice(0, limit)
  return (
    <div class="w-card w-list" {...scheme(node)}>
      <Status status={node.status} />
      <ul>
        {shown.map((item, index) => (
          <li key={nodeKey(item, index)}>
            <NodeView node={item} />
          </li>
        ))}
      </ul>
      {shown.length < items.length && (
        <button
          type="button"
          class="w-list-more"
          onClick={() => {
            isWhole.value = true
          }}
        >
          {texts.showMore(items.length - shown.length)}
        </button>
      )}
    </div>
  )
}

/** A row of a list; with an action the whole row is pressed. */
export function ListViewItem({ node }: { node: WidgetNode }) {
  const scope = useWidgetScope()
  const row = useRef<HTMLDivElement>(null)
  const action = actionOf(node.onClickAction)
  const run = () => {
    if (action) void scope.run(action, { widgetType: 'ListViewItem', auto: 'container', element: row.current })
  }
  if (!action) {
    return (
      <div class="w-list-item" style={boxStyle(node)}>
        <Children of={node} />
      </div>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: the row may hold buttons of its own, which a button element may not
    <div
      ref={row}
      class="w-list-item pressable"
      style={boxStyle(node)}
      role="button"
      tabIndex={0}
      onClick={(event) => {
        if (!isWithinControl(event.target, event.currentTarget)) run()
      }}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return
        event.preventDefault()
        run()
      }}
    >
      <Children of={node} />
    </div>
  )
}

/** Content without a frame. */
export function Basic({ node }: { node: WidgetNode }) {
  return (
    <div
      class={`w-box w-basic ${node.direction === 'row' ? 'w-row' : 'w-col'}`}
      style={boxStyle(node)}
      {...scheme(node)}
    >
      <Children of={node} />
    </div>
  )
}

function Status({ status }: { status: unknown }) {
  const chat = useChat()
  if (!isRecord(status)) return null
  const favicon = optionalText(status.favicon)
  return (
    <div class="w-status">
      {favicon && chat.allowsImage(favicon) && (
        <img class={flag(status.frame) ? 'framed' : undefined} src={favicon} alt="" width={16} height={16} />
      )}
      {typeof status.icon === 'string' && <Icon name={status.icon} size={16} />}
      <span dir="auto">{text(status.text)}</span>
    </div>
  )
}

/** `theme` switches every token of the subtree (W29). */
function scheme(node: WidgetNode) {
  return node.theme === 'dark' || node.theme === 'light' ? { 'data-scheme': node.theme } : {}
}

function isWithinControl(target: EventTarget | null, row: Element): boolean {
  const control = target instanceof Element ? target.closest('button, a, input, textarea, select, label') : null
  return control !== null && row.contains(control)
}
