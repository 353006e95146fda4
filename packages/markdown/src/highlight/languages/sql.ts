import type { Grammar } from '../grammar.ts'
import { BLOCK_COMMENT, CALL, comment, NUMBER, WORD, words } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      { match: /--.*/, kind: 'comment' },
      BLOCK_COMMENT,
      { match: /'/, kind: 'string', enter: 'single' },
      { match: /"[^"]*"?|`[^`]*`?/, kind: 'property' },
      words(
        'keyword',
        'add all alter and as asc begin between by cascade case check column commit conflict constraint create cross ' +
          'default delete desc distinct do drop else end except exists foreign from full group having if in index inner ' +
          'insert intersect interval into is join key left like limit not nothing offset on or order outer over partition ' +
          'primary references returning right rollback select set table then to transaction trigger union unique update ' +
          'using values view when where window with',
        'i',
      ),
      words('literal', 'true false null', 'i'),
      words(
        'type',
        'bigint boolean char date decimal integer json jsonb numeric real serial text timestamp timestamptz uuid varchar',
        'i',
      ),
      NUMBER,
      CALL,
      WORD,
    ],
  },
  single: { kind: 'string', rules: [{ match: /''/ }, { match: /'/, leave: true }] },
  comment,
}
