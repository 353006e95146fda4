/** Finds and replaces components within a widget. Of several with one id the last is meant, as in the reference's diff. */

export interface Component {
  readonly type?: unknown
  readonly id?: unknown
  readonly value?: unknown
  readonly streaming?: unknown
  readonly children?: unknown
}
type Matches = (component: Component) => boolean

export function isComponent(value: unknown): value is Component {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the component is of the kind whose value may grow by deltas. */
export function isStreamingText(component: Component): component is Component & { value: string } {
  return (component.type === 'Text' || component.type === 'Markdown') && typeof component.value === 'string'
}

/** The last component that matches, in the order in which they are shown. */
export function findLast(component: Component, matches: Matches): Component | undefined {
  const children: unknown[] = Array.isArray(component.children) ? component.children : [component.children]
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index]
    const found = isComponent(child) ? findLast(child, matches) : undefined
    if (found) return found
  }
  return matches(component) ? component : undefined
}

/** The widget with the last component that matches replaced, sharing all else; the same object where there is none. */
export function replaceLast<Root extends Component>(
  root: Root,
  matches: Matches,
  replace: (component: Component) => Component,
): Root
export function replaceLast(
  component: Component,
  matches: Matches,
  replace: (component: Component) => Component,
): Component {
  const children = replaceLastChild(component.children, matches, replace)
  if (children !== component.children) return { ...component, children }
  return matches(component) ? replace(component) : component
}

function replaceLastChild(children: unknown, matches: Matches, replace: (component: Component) => Component): unknown {
  if (!Array.isArray(children)) return isComponent(children) ? replaceLast(children, matches, replace) : children
  for (let index = children.length - 1; index >= 0; index--) {
    const child: unknown = children[index]
    if (!isComponent(child)) continue
    const replaced = replaceLast(child, matches, replace)
    if (replaced !== child) return children.with(index, replaced)
  }
  return children
}
