import { base } from './base.ts'
import { composer } from './composer.ts'
import { items } from './items.ts'
import { layout } from './layout.ts'
import { markdown } from './markdown.ts'
import { tokens } from './tokens.ts'
import { widgets } from './widgets.ts'

let sheet: CSSStyleSheet | undefined

/** One constructed sheet for all chats of the page; it needs no permission under a strict CSP. */
export function chatStyles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync([tokens, base, layout, composer, items, markdown, widgets].join('\n'))
  }
  return sheet
}
