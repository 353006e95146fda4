/** Icon names: ChatKit's own set, and names of an icon set of the app (`vendor:…`) or of Lucide (`lucide:…`). */
import * as z from 'zod'

export const ICON_NAMES = [
  'agent', 'analytics', 'atom', 'batch', 'bolt', 'book-open', 'book-closed', 'book-clock', 'bug', 'calendar',
  'chart', 'check', 'check-circle', 'check-circle-filled', 'chevron-left', 'chevron-right', 'circle-question',
  'clock', 'compass', 'confetti', 'cube', 'desktop', 'document', 'dot', 'dots-horizontal', 'dots-vertical',
  'empty-circle', 'external-link', 'globe', 'keys', 'lab', 'images', 'info', 'lifesaver', 'lightbulb', 'mail',
  'map-pin', 'maps', 'mobile', 'name', 'notebook', 'notebook-pencil', 'page-blank', 'phone', 'play', 'plus',
  'profile', 'profile-card', 'reload', 'star', 'star-filled', 'search', 'sparkle', 'sparkle-double', 'square-code',
  'square-image', 'square-text', 'suitcase', 'settings-slider', 'user', 'wreath', 'write', 'write-alt',
  'write-alt2',
] as const

export type IconName = (typeof ICON_NAMES)[number] | `vendor:${string}` | `lucide:${string}`

export const IconNameSchema: z.ZodType<IconName> = z.union([
  z.enum(ICON_NAMES),
  z.templateLiteral(['vendor:', z.string()]).meta({ pattern: '^vendor:' }),
  z.templateLiteral(['lucide:', z.string()]).meta({ pattern: '^lucide:' }),
])
