/**
 * What changed from one state of a widget to the next, as the updates that make a client follow. As in the reference: deltas
 * for texts with an id that grew where nothing else changed, else the whole widget once.
 */
import { normalizeWidget } from './normalize-widget.ts'
import { sameJson } from './same-json.ts'
import type { WidgetRootUpdated, WidgetStreamingTextValueDelta } from './schemas/updates.ts'
import type { WidgetRoot } from './schemas/widgets/roots.ts'
import { type Component, findLast, isComponent, isStreamingText } from './widget-tree.ts'

/**
 * The updates from `before` to `after`, none where they are equal.
 *
 * - A growing `Text` or `Markdown` with an id: one delta; `done` unless it is still streaming.
 * - Without an id its growth is not sent (the item that is done at the end has it).
 * - Where the text grows and `streaming` goes from true to false, the delta with `done` says both; the reference sends the
 *   whole widget then, and so do we when the text has not grown.
 *
 * @throws ChatKitError `invalid_request` when a root is neither `Card`, `ListView` nor `Basic`.
 */
export function diffWidget(
  before: WidgetRoot,
  after: WidgetRoot,
): (WidgetStreamingTextValueDelta | WidgetRootUpdated)[] {
  if (before === after) return []
  const widget = normalizeWidget(after)
  const grown: Growth[] = []
  const deltas = follows(normalizeWidget(before), widget, grown) ? toDeltas(widget, grown) : undefined
  return deltas ?? [{ type: 'widget.root.updated', widget }]
}

/** A text with an id that is longer now. */
interface Growth {
  text: Component
  id: string
  delta: string
}

/** The delta of each id; undefined where one was meant for a component to which its id doesn't lead. */
function toDeltas(widget: WidgetRoot, grown: readonly Growth[]): WidgetStreamingTextValueDelta[] | undefined {
  const byId = new Map(grown.map((growth) => [growth.id, growth]))
  for (const { id, text } of byId.values()) {
    if (findLast(widget, (component) => component.id === id && isStreamingText(component)) !== text) return undefined
  }
  return [...byId.values()].map(({ id, text, delta }) => ({
    type: 'widget.streaming_text.value_delta',
    component_id: id,
    delta,
    done: text.streaming !== true,
  }))
}

/** Whether nothing but texts that grew tells the two components apart; those with an id are added to `grown`. */
function follows(before: unknown, after: unknown, grown: Growth[]): boolean {
  if (before === after) return true
  if (!isComponent(before) || !isComponent(after)) return false
  const delta = appended(before, after)
  const id = typeof after.id === 'string' ? after.id : ''
  if (delta && id) grown.push({ text: after, id, delta })
  const isEnd = delta !== '' && id !== '' && before.streaming === true && after.streaming === false
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (delta !== undefined && (key === 'value' || (key === 'streaming' && isEnd))) continue
    const [old, current]: unknown[] = [Reflect.get(before, key), Reflect.get(after, key)]
    if (!(key === 'children' ? followsChildren(old, current, grown) : sameJson(old, current))) return false
  }
  return true
}

function followsChildren(before: unknown, after: unknown, grown: Growth[]): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return follows(before, after, grown)
  return before.length === after.length && before.every((child, index) => follows(child, after[index], grown))
}

/** What was appended to a streaming text; undefined where it is none, or another text now. */
function appended(before: Component, after: Component): string | undefined {
  if (before.type !== after.type || !isStreamingText(before) || !isStreamingText(after)) return undefined
  const { length } = before.value
  // A slice is compared as memory, `startsWith` character by character: 20 times as long for a text of 40 kB.
  return after.value.slice(0, length) === before.value ? after.value.slice(length) : undefined
}
