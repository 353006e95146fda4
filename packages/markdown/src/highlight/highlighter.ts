/** What a piece of code is; its element has the class `hl-` and this. */
export type TokenKind =
  | 'comment'
  | 'string'
  | 'number'
  | 'keyword'
  | 'literal'
  | 'type'
  | 'function'
  | 'property'
  | 'variable'
  | 'tag'
  | 'attribute'
  | 'meta'

/** A piece of a line; without a kind it is plain text. */
export interface HighlightToken {
  kind: TokenKind | undefined
  text: string
}

/**
 * Reads one line, without its end, from the state that the line before left (`''` before the first). The texts of the
 * tokens make up the line. Line by line, so that a growing block is never read again.
 */
export type Highlighter = (line: string, state: string) => { tokens: HighlightToken[]; state: string }

/** Gives the highlighter for a language, named as behind a fence, or nothing. */
export type LoadHighlighter = (language: string) => Promise<Highlighter | undefined>
