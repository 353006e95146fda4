/** Parts of the model's messages as parts of ChatKit's. */
import type { Annotation, AssistantMessageContent } from '@millrace/protocol'
import { toAnnotations } from './annotation.ts'
import type { StreamMappers } from './mappers.ts'

/** What is read of a part, in the Responses API's shape or in the Agents SDK's. */
export type MessagePart =
  | { type: 'output_text'; text: string; annotations?: unknown; providerData?: { annotations?: unknown } | undefined }
  | { type: 'refusal'; refusal: string }

export function isMessagePart(part: { type: string }): part is MessagePart {
  return part.type === 'output_text' || part.type === 'refusal'
}

export function textPart(text: string, annotations: Annotation[] = []): AssistantMessageContent {
  return { type: 'output_text', text, annotations }
}

export function textOf(part: MessagePart): string {
  return part.type === 'refusal' ? part.refusal : part.text
}

/** A refusal is shown as the answer that it is. */
export async function toContentPart(part: MessagePart, mappers: StreamMappers): Promise<AssistantMessageContent> {
  if (part.type === 'refusal') return textPart(part.refusal)
  return textPart(part.text, await toAnnotations(part.annotations ?? part.providerData?.annotations, mappers))
}

/** The parts that can be read; audio has none. */
export function toContent(
  parts: readonly { type: string }[],
  mappers: StreamMappers,
): Promise<AssistantMessageContent[]> {
  return Promise.all(parts.filter(isMessagePart).map((part) => toContentPart(part, mappers)))
}
