/**
 * Messages of a model that tells no more than text deltas and the finished response: Chat Completions services, and models
 * that other libraries bring to the Agents SDK. Also finishes what any model left open.
 */
import type { AgentOutputItem, AssistantMessageItem, StreamEvent } from '@openai/agents'
import { isMessagePart, textOf, textPart, toContent } from './content.ts'
import type { StreamMappers } from './mappers.ts'
import type { MessageWriter, OpenMessage } from './message-writer.ts'

type TextDelta = Extract<StreamEvent, { type: 'output_text_delta' }>

export class PlainMessages<Context> {
  readonly #writer: MessageWriter<Context>
  readonly #mappers: StreamMappers
  #current: OpenMessage | undefined

  constructor(writer: MessageWriter<Context>, mappers: StreamMappers) {
    this.#writer = writer
    this.#mappers = mappers
  }

  beginCall(): void {
    this.#current = undefined
  }

  /** Synchronous but for the first delta of a message. */
  text({ delta, itemId }: TextDelta): void | Promise<void> {
    const message = this.#current
    if (!message || message.modelId !== itemId) return this.#begin(itemId, delta)
    this.#writer.text(message, 0, delta)
  }

  /** Ends the messages of a finished response; one whose text never came in deltas is shown whole. */
  async finish(output: readonly AgentOutputItem[]): Promise<void> {
    for (const item of output) if (isMessage(item)) await this.#finishMessage(item)
    this.#current = undefined
  }

  /** Ends only what is open: of a model that announces its messages itself and forgot one. */
  async finishOpen(output: readonly AgentOutputItem[]): Promise<void> {
    for (const message of this.#writer.open) {
      const item = output.find((candidate) => isMessage(candidate) && candidate.id === message.modelId)
      if (item && isMessage(item)) this.#writer.end(message, await toContent(item.content, this.#mappers))
    }
  }

  async #begin(itemId: string | undefined, delta: string): Promise<void> {
    const message = await this.#writer.begin(itemId)
    this.#current = message
    this.#writer.beginPart(message, 0, textPart(''))
    this.#writer.text(message, 0, delta)
  }

  async #finishMessage(item: AssistantMessageItem): Promise<void> {
    const open = this.#writer.open
    const streamed = open.find(({ modelId }) => modelId === item.id) ?? open[0]
    const message = streamed ?? (await this.#writer.begin(item.id))
    const content = await toContent(item.content, this.#mappers)
    for (const [index, part] of item.content.filter(isMessagePart).entries()) {
      if (!streamed || index > 0) {
        this.#writer.beginPart(message, index, textPart(''))
        this.#writer.text(message, index, textOf(part))
      }
      for (const annotation of content[index]?.annotations ?? []) this.#writer.annotation(message, index, annotation)
      this.#writer.endPart(message, index, textOf(part))
    }
    this.#writer.end(message, content)
  }
}

function isMessage(item: AgentOutputItem): item is AssistantMessageItem {
  return 'role' in item && item.role === 'assistant'
}
