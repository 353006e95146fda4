export { createMarkdownStream, renderMarkdown } from './stream.ts'

export type { Highlighter, HighlightToken, LoadHighlighter, TokenKind } from './highlight/highlighter.ts'
export type { MarkdownOptions } from './options.ts'
export type { MarkdownStream } from './stream.ts'
