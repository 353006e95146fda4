/** What one update makes of an item: the inner half of the reducer, see `apply-event.ts`. */
import type { AssistantMessageContent } from './schemas/annotations.ts'
import type { AssistantMessageItem, ThreadItem, WorkflowItem } from './schemas/items.ts'
import type { Task } from './schemas/tasks.ts'
import type {
  AssistantMessageContentPartAnnotationAdded,
  ThreadItemUpdate,
  WidgetStreamingTextValueDelta,
} from './schemas/updates.ts'
import type { WidgetComponent } from './schemas/widgets/components.ts'
import { type Component, isStreamingText, replaceLast } from './widget-tree.ts'

/** A part or task further behind the last one than this is no gap to fill but a broken sender. */
const MAX_GAP = 1_000

/**
 * The item with the update applied: a new object that shares all untouched parts, or the same one where the update is not
 * for this kind of item, isn't known here, or names a widget component that isn't there.
 */
export function applyItemUpdate(item: ThreadItem, update: ThreadItemUpdate): ThreadItem {
  switch (update.type) {
    case 'assistant_message.content_part.text_delta':
      return mapPart(item, update.content_index, (part) => ({ ...part, text: part.text + update.delta }))
    case 'assistant_message.content_part.added':
    case 'assistant_message.content_part.done':
      return mapPart(item, update.content_index, () => update.content)
    case 'assistant_message.content_part.annotation_added':
      return mapPart(item, update.content_index, (part) => addAnnotation(part, update))
    case 'workflow.task.added':
    case 'workflow.task.updated':
      return item.type === 'workflow' ? setTask(item, update.task_index, update.task) : item
    case 'widget.root.updated':
      return item.type === 'widget' ? { ...item, widget: update.widget } : item
    case 'widget.component.updated':
      return setComponent(item, update.component_id, update.component)
    case 'widget.streaming_text.value_delta':
      return appendValue(item, update)
    case 'generated_image.updated':
      return item.type === 'generated_image' ? { ...item, image: update.image } : item
    default:
      update satisfies never
      return item
  }
}

function mapPart(
  item: ThreadItem,
  index: number,
  map: (part: AssistantMessageContent) => AssistantMessageContent,
): ThreadItem {
  if (item.type !== 'assistant_message' || !isReachable(index, item.content.length)) return item
  const content = padded(item, index)
  const part = content[index]
  if (part) content[index] = map(part)
  return { ...item, content }
}

/** A copy of the parts in which `index` exists: what was never announced is an empty part. */
function padded(item: AssistantMessageItem, index: number): AssistantMessageContent[] {
  const content = item.content.slice()
  while (content.length <= index) content.push({ type: 'output_text', text: '', annotations: [] })
  return content
}

function isReachable(index: number, length: number): boolean {
  return index >= 0 && index <= length + MAX_GAP
}

/** Inserted at its index, behind the last one when that is further on. */
function addAnnotation(
  part: AssistantMessageContent,
  update: AssistantMessageContentPartAnnotationAdded,
): AssistantMessageContent {
  return { ...part, annotations: part.annotations.toSpliced(update.annotation_index, 0, update.annotation) }
}

/** A task of an index that is not there yet goes behind the last one. */
function setTask(item: WorkflowItem, index: number, task: Task): WorkflowItem {
  const tasks = item.workflow.tasks.slice()
  tasks[Math.min(Math.max(index, 0), tasks.length)] = task
  return { ...item, workflow: { ...item.workflow, tasks } }
}

function setComponent(item: ThreadItem, id: string, component: WidgetComponent): ThreadItem {
  return mapComponent(
    item,
    (found) => found.id === id,
    () => component,
  )
}

/** A text that is done is not streaming any more, if it ever said so. */
function appendValue(item: ThreadItem, { component_id, delta, done }: WidgetStreamingTextValueDelta): ThreadItem {
  return mapComponent(
    item,
    (found) => found.id === component_id && isStreamingText(found),
    (text) => {
      const grown = { ...text, value: `${text.value}${delta}` }
      return done && text.streaming === true ? { ...grown, streaming: false } : grown
    },
  )
}

function mapComponent(
  item: ThreadItem,
  matches: (component: Component) => boolean,
  map: (component: Component) => Component,
): ThreadItem {
  if (item.type !== 'widget') return item
  const widget = replaceLast(item.widget, matches, map)
  return widget === item.widget ? item : { ...item, widget }
}
