import type { Grammar } from '../grammar.ts'
import { BLOCK_COMMENT, comment, DOUBLE, LINE_COMMENT, words } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      { match: /"(?:[^"\\]|\\.)*"(?=\s*:)/, kind: 'property' },
      DOUBLE,
      LINE_COMMENT,
      BLOCK_COMMENT,
      words('literal', 'true false null'),
      { match: /-?\b\d[\d.]*(?:[eE][+-]?\d+)?/, kind: 'number' },
    ],
  },
  comment,
}
