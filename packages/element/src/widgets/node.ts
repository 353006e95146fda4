/** A node of a widget as it arrives: made by a model or by hand, so every prop is read tolerantly (§4). */
import type { ActionConfig } from '@millrace/protocol'

export interface WidgetNode {
  readonly type: string
  readonly key?: unknown
  readonly id?: unknown
  readonly [prop: string]: unknown
}

export function isNode(value: unknown): value is WidgetNode {
  return isRecord(value) && typeof value.type === 'string'
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The children to draw: a list, a single node, or none. */
export function childrenOf(node: WidgetNode): WidgetNode[] {
  const { children } = node
  if (Array.isArray(children)) return children.filter(isNode)
  return isNode(children) ? [children] : []
}

/** The fields that labels of this tree belong to. */
export function labelledFields(node: WidgetNode): Set<string> {
  const own = node.type === 'Label' ? [text(node.fieldName)] : []
  return new Set([...own, ...childrenOf(node).flatMap((child) => [...labelledFields(child)])])
}

/** Same type and key, id or place means the same node: it keeps its focus and what was typed into it (W41). */
export function nodeKey(node: WidgetNode, index: number): string {
  return `${node.type} ${String(node.key ?? node.id ?? index)}`
}

/** Hand-written widgets say `pill: "true"` too. */
export function flag(value: unknown): boolean {
  return value === true || value === 'true'
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function optionalText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : text(value)
}

/** One of the names a prop may have, else its default. */
export function oneOf<T extends string>(value: unknown, names: readonly T[], fallback: T): T {
  return names.find((name) => name === value) ?? fallback
}

/** An absent or unusable action makes its node inert (W2). */
export function actionOf(value: unknown): ActionConfig | undefined {
  return isRecord(value) && typeof value.type === 'string' ? (value as ActionConfig) : undefined
}
