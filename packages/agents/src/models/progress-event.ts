/**
 * What a model tells about itself before it speaks ("third in the queue"): a raw model event of our own, which
 * `streamAgentRun` turns into a `progress_update`. It travels in the model's stream because that is all that ties a
 * model's call to the run it belongs to.
 */
import type { StreamEvent } from '@openai/agents'

export interface ModelProgress {
  text: string
  /** A ChatKit icon name. */
  icon?: string
}

const PROGRESS = 'millrace.progress'

export function modelProgress(progress: ModelProgress): StreamEvent {
  return { type: 'model', event: { type: PROGRESS, ...progress } }
}

/** The progress told by a raw model event (the `event` of a `model` stream event), if it is ours. */
export function progressOf(event: unknown): ModelProgress | undefined {
  if (typeof event !== 'object' || event === null) return undefined
  const { type, text, icon } = event as Partial<Record<'type' | 'text' | 'icon', unknown>>
  if (type !== PROGRESS || typeof text !== 'string') return undefined
  return typeof icon === 'string' ? { text, icon } : { text }
}
