import type { HeadingText } from './heading-text.ts'
import type { LiteralText } from './literal-text.ts'
import type { ParagraphText } from './paragraph-text.ts'
import type { TableText } from './table-text.ts'

/** The block that takes the next line's text. */
export type OpenLeaf =
  | { kind: 'paragraph'; text: ParagraphText }
  | { kind: 'heading'; text: HeadingText }
  | { kind: 'table'; text: TableText }
  /** `indent`: as far as the fence was indented, its lines are moved to the left. */
  | { kind: 'fence'; text: LiteralText; fence: string; indent: number }
  | { kind: 'indented'; text: LiteralText }
  | { kind: 'math'; text: LiteralText; close: string }
  /** `end`: what its last line holds; without it a blank line ends it. */
  | { kind: 'html'; text: LiteralText; end: RegExp | undefined }
