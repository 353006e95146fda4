/** Writes assistant messages as ChatKit events, whatever kind of model they come from. */
import type { Annotation, AssistantMessageContent, AssistantMessageItem } from '@millrace/protocol'
import { type AgentContext, outletOf } from '../agent-context.ts'
import { chooseItemId } from '../item-ids.ts'
import type { Outlet } from '../outlet.ts'

/** A message that was announced and is not done yet. */
export interface OpenMessage {
  /** The thread item's id; the model's own may differ. */
  id: string
  modelId: string | undefined
  createdAt: string
  /** Annotations shown so far, by part. */
  annotationCounts: number[]
}

export class MessageWriter<Context> {
  readonly #context: AgentContext<Context>
  readonly #outlet: Outlet
  readonly #open = new Set<OpenMessage>()

  constructor(context: AgentContext<Context>) {
    this.#context = context
    this.#outlet = outletOf(context)
  }

  /** Messages that were announced and not done; at the end of a run there is none. */
  get open(): readonly OpenMessage[] {
    return [...this.#open]
  }

  /** Announces a message, which ends the open workflow. */
  async begin(modelId: string | undefined, content: AssistantMessageContent[] = []): Promise<OpenMessage> {
    const id = await chooseItemId(this.#context, modelId, this.#outlet.produced, 'message')
    const message = { id, modelId, createdAt: this.#context.now().toISOString(), annotationCounts: [] }
    this.#outlet.workflow.end()
    this.#outlet.produced.add(id)
    this.#open.add(message)
    this.#outlet.emit({ type: 'thread.item.added', item: this.#item(message, content) })
    return message
  }

  beginPart({ id }: OpenMessage, index: number, content: AssistantMessageContent): void {
    const update = { type: 'assistant_message.content_part.added', content_index: index, content } as const
    this.#outlet.emit({ type: 'thread.item.updated', item_id: id, update })
  }

  text({ id }: OpenMessage, index: number, delta: string): void {
    const update = { type: 'assistant_message.content_part.text_delta', content_index: index, delta } as const
    this.#outlet.emit({ type: 'thread.item.updated', item_id: id, update })
  }

  annotation(message: OpenMessage, index: number, annotation: Annotation): void {
    const annotationIndex = message.annotationCounts[index] ?? 0
    message.annotationCounts[index] = annotationIndex + 1
    const update = {
      type: 'assistant_message.content_part.annotation_added',
      content_index: index,
      annotation_index: annotationIndex,
      annotation,
    } as const
    this.#outlet.emit({ type: 'thread.item.updated', item_id: message.id, update })
  }

  /** As in the reference the finished part carries no annotations; the finished message does. */
  endPart({ id }: OpenMessage, index: number, text: string): void {
    const content: AssistantMessageContent = { type: 'output_text', text, annotations: [] }
    const update = { type: 'assistant_message.content_part.done', content_index: index, content } as const
    this.#outlet.emit({ type: 'thread.item.updated', item_id: id, update })
  }

  end(message: OpenMessage, content: AssistantMessageContent[]): void {
    this.#open.delete(message)
    this.#outlet.emit({ type: 'thread.item.done', item: this.#item(message, content) })
  }

  #item({ id, createdAt }: OpenMessage, content: AssistantMessageContent[]): AssistantMessageItem {
    return {
      id,
      thread_id: this.#context.thread.id,
      created_at: createdAt,
      type: 'assistant_message',
      content,
    }
  }
}
