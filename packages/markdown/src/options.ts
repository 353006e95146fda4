import type { LoadHighlighter } from './highlight/highlighter.ts'

export interface MarkdownOptions {
  /**
   * Gives the highlighter for the language named behind a fence, or nothing. Default: our own, loaded with the first
   * code block, for JavaScript, TypeScript, Python, JSON, Bash, HTML, CSS and SQL. `false`: code stays plain.
   */
  highlight?: LoadHighlighter | false
  /**
   * Draws TeX. The node takes the place of the source, which is shown until then, and stays when nothing is given or the
   * promise rejects. Called once for each finished formula. Default: the source is shown. `false`: there is no math, and
   * its delimiters are what CommonMark says.
   */
  math?: ((tex: string, display: boolean) => Promise<Node | undefined> | Node | undefined) | false
  /** Whether a single `$` opens math. Default: false, since `$5` is a price. */
  singleDollarMath?: boolean
  /**
   * Asked for every link whose scheme is allowed (http, https, mailto, tel, sms, chatkit-link), as it stands in `href`. Unless
   * it gives true the link is text.
   */
  linkPolicy?: (href: string) => boolean
  /**
   * Whether images are loaded: 'allow' at once, 'click' when the reader asks for one (the default), or a function that
   * says it for each address, as it stands in `src`. Images within the text (`data:`, raster formats only) are always shown.
   */
  imagePolicy?: 'click' | 'allow' | ((url: string) => boolean)
  /** Called when a link is clicked. Links with the scheme `chatkit-link:` never navigate, others do unless prevented. */
  onLink?: (href: string, event: MouseEvent) => void
  /**
   * Draws a finished code block whose fence names a language, a diagram for example. The node stands in front of the code,
   * which is hidden then; where nothing is given or the promise rejects, it stays. Called once for each block.
   */
  drawCode?: (code: string, language: string) => Promise<Node | undefined> | Node | undefined
  /**
   * How often the page changes at most while text comes, in ms; `done` shows the rest at once. Default: 60, since every
   * change costs a frame's layout and paint, whatever draws it. 0: with each `append`.
   */
  showEveryMs?: number
  /** Label of a code block's copy button. Default: 'Copy'. */
  copyLabel?: string
}
