/** Images that the model makes: announced empty, shown as they come, done with the finished one. State is per model call. */
import type { GeneratedImageItem } from '@millrace/protocol'
import type { ResponseImageGenCallPartialImageEvent, ResponseOutputItem } from 'openai/resources/responses/responses'
import { type AgentContext, outletOf } from '../agent-context.ts'
import type { ModelImage, StreamMappers } from './mappers.ts'

interface OpenImage {
  item: GeneratedImageItem
  /** As the last image on the way said; the finished one does not always say it. */
  mimeType: string | undefined
}

/** How base64 data of the common formats begins. */
const BASE64_STARTS: readonly (readonly [start: string, mimeType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['UklGR', 'image/webp'],
  ['R0lGOD', 'image/gif'],
]

export class Images<Context> {
  readonly #context: AgentContext<Context>
  readonly #mappers: StreamMappers
  readonly #open = new Map<number, OpenImage>()

  constructor(context: AgentContext<Context>, mappers: StreamMappers) {
    this.#context = context
    this.#mappers = mappers
  }

  beginCall(): void {
    this.#open.clear()
  }

  added(outputIndex: number): void {
    const outlet = outletOf(this.#context)
    const item: GeneratedImageItem = {
      id: this.#context.generateId('message'),
      thread_id: this.#context.thread.id,
      created_at: this.#context.now().toISOString(),
      type: 'generated_image',
    }
    this.#open.set(outputIndex, { item, mimeType: undefined })
    outlet.produced.add(item.id)
    outlet.emit({ type: 'thread.item.added', item })
  }

  async partial(event: ResponseImageGenCallPartialImageEvent): Promise<void> {
    const open = this.#open.get(event.output_index)
    if (!open) return
    const { item_id: id, partial_image_b64: base64, partial_image_index: partialIndex } = event
    open.mimeType = mimeTypeOf(event, base64) ?? open.mimeType
    const url = await this.#urlOf({ id, base64, partialIndex, mimeType: open.mimeType ?? 'image/png' })
    const update = {
      type: 'generated_image.updated',
      image: { id, url },
      progress: this.#progress(partialIndex),
    } as const
    outletOf(this.#context).emit({ type: 'thread.item.updated', item_id: open.item.id, update })
  }

  async done(outputIndex: number, call: ResponseOutputItem.ImageGenerationCall): Promise<void> {
    const open = this.#open.get(outputIndex)
    if (!open) return
    this.#open.delete(outputIndex)
    const outlet = outletOf(this.#context)
    if (!call.result) {
      // A call that came to nothing would stay on the page as an image that never finishes.
      outlet.emit({ type: 'thread.item.removed', item_id: open.item.id })
      return
    }
    const mimeType = mimeTypeOf(call, call.result) ?? open.mimeType ?? 'image/png'
    const url = await this.#urlOf({ id: call.id, base64: call.result, mimeType })
    outlet.emit({ type: 'thread.item.done', item: { ...open.item, image: { id: call.id, url } } })
  }

  #urlOf(image: ModelImage): string | Promise<string> {
    return this.#mappers.imageUrl?.(image) ?? `data:${image.mimeType};base64,${image.base64}`
  }

  #progress(partialIndex: number): number {
    const { partialImages = 0 } = this.#mappers
    return partialImages > 0 ? Math.min(1, partialIndex / partialImages) : 0
  }
}

/** What the event says, which is more than its type tells, else what the data looks like. */
function mimeTypeOf(said: object, base64: string): string | undefined {
  if ('output_format' in said && typeof said.output_format === 'string') return `image/${said.output_format}`
  return BASE64_STARTS.find(([start]) => base64.startsWith(start))?.[1]
}
