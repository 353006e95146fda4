/** Widgets for apps: the stream of one widget, `.widget` templates, and the wire form of what was built by hand. */
export { diffWidget, normalizeWidget } from '@millrace/protocol'
export { streamWidget } from './stream-widget.ts'
export { WidgetTemplate } from './template.ts'

export type { StreamWidgetOptions, WidgetTurn } from './stream-widget.ts'
export type { WidgetDefinition } from './template.ts'
