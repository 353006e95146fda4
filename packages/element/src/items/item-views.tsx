import type { ThreadItem } from '@millrace/protocol'
import type { ComponentChildren } from 'preact'
import { AssistantMessage } from './assistant-message.tsx'
import { GeneratedImage } from './generated-image.tsx'
import { StructuredInputRecord } from './structured-input-record.tsx'
import { TaskItemView } from './task-views.tsx'
import { UserMessage } from './user-message.tsx'
import { WidgetView } from './widget-view.tsx'
import { WorkflowView } from './workflow-view.tsx'

/** Draws one item; `isLive` while its turn is being answered. */
export type ItemView<T extends ThreadItem> = (props: { item: T; isLive: boolean }) => ComponentChildren

/** One view for each type of thread item; a type without one shows nothing (client tool calls, hidden context, the end of a turn). */
export const itemViews: { [K in ThreadItem['type']]?: ItemView<Extract<ThreadItem, { type: K }>> } = {
  user_message: UserMessage,
  assistant_message: AssistantMessage,
  workflow: WorkflowView,
  task: TaskItemView,
  generated_image: GeneratedImage,
  widget: WidgetView,
  structured_input: StructuredInputRecord,
}
