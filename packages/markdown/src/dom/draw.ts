/**
 * What a page's own hooks draw, loaded by the first text that has something for them. A hook that gives nothing or fails
 * changes nothing: the source is on the page already, and is all that can be shown.
 */
import type { MarkdownOptions } from '../options.ts'

/** Puts what the hook draws in the place of the formula's source. */
export async function putFormula(
  draw: Exclude<MarkdownOptions['math'], false | undefined>,
  formula: Element,
  tex: string,
  display: boolean,
): Promise<void> {
  const node = await drawn(() => draw(tex.trim(), display))
  if (node) formula.replaceChildren(node)
}

/** Puts what the hook draws in front of the code, which can still be copied. */
export async function putDrawing(
  draw: Exclude<MarkdownOptions['drawCode'], undefined>,
  code: Element,
  language: string,
): Promise<void> {
  const node = await drawn(() => draw((code.textContent ?? '').replace(/\n$/, ''), language))
  if (!node) return
  const pre = code.parentElement
  pre?.before(node)
  pre?.setAttribute('hidden', '')
}

async function drawn(draw: () => Promise<Node | undefined> | Node | undefined): Promise<Node | undefined> {
  try {
    return await draw()
  } catch {
    return undefined
  }
}
