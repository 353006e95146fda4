import type { Grammar } from '../grammar.ts'
import { CALL, NUMBER, TYPE, WORD, words } from '../rules.ts'

export const grammar: Grammar = {
  main: {
    rules: [
      { match: /#.*/, kind: 'comment' },
      { match: /\b[rbfuRBFU]{0,2}"""|"""/, kind: 'string', enter: 'double' },
      { match: /\b[rbfuRBFU]{0,2}'''|'''/, kind: 'string', enter: 'single' },
      {
        match: /\b[rbfuRBFU]{0,2}(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/,
        kind: 'string',
      },
      { match: /^\s*@[\w.]+/, kind: 'meta' },
      words(
        'keyword',
        'and as assert async await break case class continue def del elif else except finally for from global if import ' +
          'in is lambda match nonlocal not or pass raise return try while with yield',
      ),
      words('literal', 'True False None self cls'),
      words('type', 'bool bytes dict float int list object set str tuple'),
      NUMBER,
      CALL,
      TYPE,
      WORD,
    ],
  },
  double: { kind: 'string', rules: [{ match: /\\./ }, { match: /"""/, leave: true }] },
  single: { kind: 'string', rules: [{ match: /\\./ }, { match: /'''/, leave: true }] },
}
