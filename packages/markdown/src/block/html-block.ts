import { TAG, TAG_START } from '../inline/raw-html.ts'

const NAMES =
  'address|article|aside|base(?:font)?|blockquote|body|caption|center|col(?:group)?|d[dlt]|details|dialog|dir|div|' +
  'fieldset|figcaption|figure|footer|form|frame(?:set)?|h[1-6r]|head(?:er)?|html|iframe|legend|li|link|main|' +
  'menu(?:item)?|nav|noframes|ol|optgroup|option|p|param|search|section|summary|t[dhr]|table|tbody|tfoot|thead|title|' +
  'track|ul'

/** How blocks of raw HTML begin and end (CommonMark §4.6); those without `end` stop at a blank line. `alone`: interrupts no paragraph. */
const KINDS: { start: RegExp; end?: RegExp; alone?: true }[] = [
  { start: /^<(?:script|pre|style|textarea)(?:\s|>|$)/i, end: /<\/(?:script|pre|style|textarea)>/i },
  { start: /^<!--/, end: /-->/ },
  { start: /^<\?/, end: /\?>/ },
  { start: /^<![A-Za-z]/, end: />/ },
  { start: /^<!\[CDATA\[/, end: /\]\]>/ },
  { start: new RegExp(`^</?(?:${NAMES})(?:\\s|/?>|$)`, 'i') },
  { start: new RegExp(`^${TAG}\\s*$`), alone: true },
]

/** Too short to tell what kind it begins. */
const OPEN = /^<(?:[?/]?|!(?:-|\[C?D?A?T?A?)?|\/?[A-Za-z][A-Za-z\d-]*\/?)$/
const OPEN_TAG = new RegExp(`^(?:${TAG_START}|${TAG}\\s*$)`)

export interface HtmlStart {
  /** Undefined: a blank line ends it. */
  end: RegExp | undefined
}

/** The block of raw HTML that a line begins; 'wait' if the line is not complete and may still become one. */
export function htmlStart(line: string, complete: boolean, inParagraph: boolean): HtmlStart | 'wait' | undefined {
  if (!complete && OPEN.test(line)) return 'wait'
  for (const { start, end, alone } of KINDS) {
    if (alone && inParagraph) continue
    if (alone && !complete) return OPEN_TAG.test(line) ? 'wait' : undefined
    if (start.test(line)) return { end }
  }
  return undefined
}
