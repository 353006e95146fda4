import type { Grammar } from '../grammar.ts'
import { BLOCK_COMMENT, CALL, comment, DOUBLE, LINE_COMMENT, NUMBER, SINGLE, TYPE, WORD, words } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      LINE_COMMENT,
      BLOCK_COMMENT,
      DOUBLE,
      SINGLE,
      { match: /`/, kind: 'string', enter: 'template' },
      {
        match: /(?<=(?:^|[=(,:;!&|?{}[]|\breturn)\s*)\/(?![*/])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[a-z]*/,
        kind: 'string',
      },
      { match: /@[A-Za-z_][\w.]*/, kind: 'meta' },
      { match: /(?<=\.)[A-Za-z_$][\w$]*(?!\s*\(|[\w$])/, kind: 'property' },
      words(
        'keyword',
        'abstract as asserts async await break case catch class const continue debugger declare default delete do else ' +
          'enum export extends finally for from function get if implements import in infer instanceof interface is ' +
          'keyof let namespace new of override private protected public readonly return satisfies set static switch ' +
          'throw try type typeof var while with yield',
      ),
      words('literal', 'true false null undefined NaN Infinity this super'),
      words('type', 'any bigint boolean never number object string symbol unknown void'),
      NUMBER,
      CALL,
      TYPE,
      WORD,
      { match: /\{/, enter: 'main' },
      { match: /\}/, leave: true },
    ],
  },
  comment,
  template: {
    kind: 'string',
    rules: [{ match: /\\./ }, { match: /\$\{/, kind: 'meta', enter: 'main' }, { match: /`/, leave: true }],
  },
}
