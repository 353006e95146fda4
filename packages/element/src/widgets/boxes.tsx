import { useRef } from 'preact/hooks'
import { actionOf, flag, type WidgetNode } from './node.ts'
import { boxStyle, color, compact, size, spacing } from './values.ts'
import { Children } from './widget-nodes.tsx'
import { useWidgetScope } from './widget-scope.ts'

/** A flex container; its direction is a prop (`row` or `col`, and `column` as the guides write). */
export function Box({ node }: { node: WidgetNode }) {
  return (
    <div class={`w-box ${node.direction === 'row' ? 'w-row' : 'w-col'}`} style={boxStyle(node)}>
      <Children of={node} />
    </div>
  )
}

export function Row({ node }: { node: WidgetNode }) {
  return (
    <div class="w-box w-row" style={boxStyle(node)}>
      <Children of={node} />
    </div>
  )
}

export function Col({ node }: { node: WidgetNode }) {
  return (
    <div class="w-box w-col" style={boxStyle(node)}>
      <Children of={node} />
    </div>
  )
}

/** A real form: Enter submits, and the browser's own validation blocks what is not valid. */
export function Form({ node }: { node: WidgetNode }) {
  const scope = useWidgetScope()
  const form = useRef<HTMLFormElement>(null)
  const action = actionOf(node.onSubmitAction)
  return (
    <form
      ref={form}
      class={`w-box ${node.direction === 'row' ? 'w-row' : 'w-col'}`}
      style={boxStyle(node)}
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        if (action) void scope.run(action, { widgetType: 'Form', auto: 'container', element: form.current })
      }}
    >
      <Children of={node} />
    </form>
  )
}

export function Spacer({ node }: { node: WidgetNode }) {
  return <div class="w-spacer" style={compact({ minWidth: size(node.minSize), minHeight: size(node.minSize) })} />
}

export function Divider({ node }: { node: WidgetNode }) {
  return (
    <hr
      class={flag(node.flush) ? 'w-divider flush' : 'w-divider'}
      style={compact({ '--w-line': color(node.color), '--w-size': size(node.size), '--w-gap': spacing(node.spacing) })}
    />
  )
}
