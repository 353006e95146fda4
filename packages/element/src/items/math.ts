/** Formulas. What draws them is larger than all the rest and rarely needed, so it is fetched with the first formula. */
import type { MarkdownOptions } from '@millrace/markdown'

type DrawMath = NonNullable<Exclude<MarkdownOptions['math'], false>>

let load: (() => Promise<DrawMath>) | undefined
let loaded: Promise<DrawMath> | undefined

/** Says where to get it: a script without bundler has it beside itself, a bundler in a chunk of its own. */
export function setMathLoader(loader: () => Promise<DrawMath>): void {
  load = loader
}

/** Nothing where there is nothing to draw with. A formula that can't be drawn, or not yet, is shown as its source. */
export function mathOption(): { math?: DrawMath } {
  const loader = load
  if (!loader) return {}
  return {
    async math(tex, display) {
      loaded ??= loader()
      const draw = await loaded
      return draw(tex, display)
    },
  }
}
