/** Messages of a model that speaks in events of the Responses API. State is per model call. */
import type {
  ResponseContentPartAddedEvent,
  ResponseOutputMessage,
  ResponseOutputTextAnnotationAddedEvent,
} from 'openai/resources/responses/responses'
import { toAnnotation } from './annotation.ts'
import { isMessagePart, textPart, toContent, toContentPart } from './content.ts'
import type { StreamMappers } from './mappers.ts'
import type { MessageWriter, OpenMessage } from './message-writer.ts'

/** Where in the response something happens. */
interface Place {
  item_id: string
  output_index: number
  content_index: number
}

export class Messages<Context> {
  readonly #writer: MessageWriter<Context>
  readonly #mappers: StreamMappers
  /** By place in the response: ids of items may be missing or equal, places are not. */
  readonly #open = new Map<number, OpenMessage>()

  constructor(writer: MessageWriter<Context>, mappers: StreamMappers) {
    this.#writer = writer
    this.#mappers = mappers
  }

  beginCall(): void {
    this.#open.clear()
  }

  async added(outputIndex: number, item: ResponseOutputMessage): Promise<void> {
    const content = await toContent(item.content ?? [], this.#mappers)
    this.#open.set(outputIndex, await this.#writer.begin(item.id, content))
  }

  async partAdded(event: ResponseContentPartAddedEvent): Promise<void> {
    // Raw reasoning is not shown.
    if (!isMessagePart(event.part)) return
    const content = await toContentPart(event.part, this.#mappers)
    const message = this.#open.get(event.output_index) ?? (await this.#beginLate(event))
    this.#writer.beginPart(message, event.content_index, content)
  }

  /** Synchronous but for the first delta of a message that was never announced. */
  text(event: Place & { delta: string }): void | Promise<void> {
    const message = this.#open.get(event.output_index)
    if (!message) return this.#lateText(event)
    this.#writer.text(message, event.content_index, event.delta)
  }

  async annotation(event: ResponseOutputTextAnnotationAddedEvent): Promise<void> {
    const message = this.#open.get(event.output_index)
    const annotation = message && (await toAnnotation(event.annotation, this.#mappers))
    if (annotation) this.#writer.annotation(message, event.content_index, annotation)
  }

  partDone(event: Place, text: string): void {
    const message = this.#open.get(event.output_index)
    if (message) this.#writer.endPart(message, event.content_index, text)
  }

  async done(outputIndex: number, item: ResponseOutputMessage): Promise<void> {
    const content = await toContent(item.content ?? [], this.#mappers)
    const message = this.#open.get(outputIndex) ?? (await this.#writer.begin(item.id))
    this.#open.delete(outputIndex)
    this.#writer.end(message, content)
  }

  async #lateText(event: Place & { delta: string }): Promise<void> {
    const message = await this.#beginLate(event)
    this.#writer.beginPart(message, event.content_index, textPart(''))
    this.#writer.text(message, event.content_index, event.delta)
  }

  async #beginLate(event: Place): Promise<OpenMessage> {
    const message = await this.#writer.begin(event.item_id)
    this.#open.set(event.output_index, message)
    return message
  }
}
