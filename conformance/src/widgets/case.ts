/** The shape of a recorded case of widgets, and of what ours gave for it. */
import type { WidgetRoot } from '@millrace/protocol'
import type { WidgetDefinition } from '@millrace/server/widgets'

/** `widget`, or `before` and `after`, or `definition` and `data`; then what must come out. */
export interface WidgetCase {
  quirk?: string
  widget: unknown
  before: WidgetRoot
  after: WidgetRoot
  definition: WidgetDefinition
  data: Record<string, unknown> | null
  json?: unknown
  updates?: unknown[]
  error?: { type: string; stage?: string }
}

/** The value that went on the wire, or the stage at which it was refused. */
export type Outcome = { value: unknown } | { refused: string }
