import type { KatexOptions } from 'katex'
import type { MarkdownOptions } from './options.ts'

/** What a page may say about the formulas; KaTeX's options `trust` and `throwOnError` stay as they are safe. */
export type KatexMathOptions = Pick<
  KatexOptions,
  'output' | 'macros' | 'minRuleThickness' | 'leqno' | 'fleqn' | 'strict'
>

/**
 * Draws formulas with KaTeX, which is fetched with the first one, for the option `math`. It builds nodes, so it works under
 * a CSP without inline styles and with Trusted Types. Default output: MathML, which needs no stylesheet; with 'html' or
 * 'htmlAndMathml' the page loads `katex/dist/katex.min.css`. A formula that KaTeX does not understand stays as its source.
 */
export function katexMath({
  output = 'mathml',
  ...options
}: KatexMathOptions = {}): NonNullable<Exclude<MarkdownOptions['math'], false>> {
  return async (tex, display) => {
    const { render } = await import('katex')
    const place = document.createElement('span')
    // Bounded, since what a model writes may be hostile: neither commands that reach the page nor endless macros or sizes.
    render(tex, place, {
      ...options,
      output,
      displayMode: display,
      trust: false,
      throwOnError: true,
      maxExpand: 500,
      maxSize: 20,
      // Macros that a formula defines are its own.
      macros: { ...options.macros },
    })
    return place
  }
}
